"""Workspace files and manifests that cannot be used are refused in one sentence."""

from pathlib import Path

import pytest

from emulator.clock import Clock
from emulator.errors import BadWorkspaceFile
from emulator.seed import read_seed
from emulator.workspace import Workspace

GOOD = """
people: [{id: U0ZOE, handle: zoe, real_name: Zoe}]
channels: [{id: C0SHOP, name: shop, members: [zoe, bot]}]
"""


def test_what_is_left_out_has_defaults(tmp_path: Path) -> None:
    """People are all that a workspace file needs."""
    file = tmp_path / "workspace.yaml"
    file.write_text(GOOD)

    workspace = Workspace(read_seed(file), Clock())

    assert workspace.channel("shop").members == ["U0ZOE", "U0LOCALBOT0"]
    assert workspace.person("zoe").tz == "UTC"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "No such file or directory"),
        ("people: [", "is not valid YAML"),
        ("[]", "holds no mapping"),
        ("people: []", "people: List should have at least 1 item"),
        (GOOD.replace("real_name", "realname"), "people.0.real_name: Field required"),
        (GOOD.replace("name: shop", "name: My Shop"), "channels.0.name"),
        (GOOD.replace("zoe, bot", "zoe, max"), 'There is nobody called "max"'),
        (
            GOOD.replace("}]", "}, {id: U2, handle: zoe, real_name: Z}]", 1),
            "Two people",
        ),
    ],
)
def test_what_is_wrong(tmp_path: Path, content: str | None, sentence: str) -> None:
    """The file and the place are named."""
    file = tmp_path / "workspace.yaml"
    if content is not None:
        file.write_text(content)

    with pytest.raises(BadWorkspaceFile, match=sentence):
        Workspace(read_seed(file), Clock())
