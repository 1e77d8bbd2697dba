"""A crew's inputs: asked, read and checked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.form_fields import form_blocks, read_state
from bot.blocks.ids import VALUE
from bot.forms.fields import FieldKind, fields_of
from bot.forms.form import NEEDED, Form
from tests.builders import a_crew_version


def a_form(required: tuple[str, ...] = (), **properties: Any) -> Form:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return Form.of(a_crew_version(input_schema=schema))


def element(form: Form, **prefill: Any) -> dict[str, Any]:
    """The control of a form's only field."""
    (block,) = form_blocks(form, prefill)
    return dict(block["element"])


CHOICE = {"type": "string", "enum": ["friendly", "formal"]}
LIST = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, FieldKind.TEXT),
        ({"type": "string", "format": "textarea"}, FieldKind.LONG_TEXT),
        ({"type": "string", "maxLength": 2_000}, FieldKind.LONG_TEXT),
        ({"type": "string", "contentMediaType": "text/markdown"}, FieldKind.LONG_TEXT),
        ({"type": "string", "format": "date"}, FieldKind.DATE),
        ({"type": "number"}, FieldKind.NUMBER),
        ({"type": "integer"}, FieldKind.WHOLE),
        ({"type": "boolean"}, FieldKind.CHECKBOX),
        (CHOICE, FieldKind.CHOICE),
        ({"const": "only"}, FieldKind.CHOICE),
        ({"type": "array", "items": CHOICE}, FieldKind.CHOICES),
        (LIST, FieldKind.LIST),
        ({"type": "array", "items": {"type": "object"}}, FieldKind.JSON),
        ({"type": "array"}, FieldKind.JSON),
        ({"type": "object"}, FieldKind.JSON),
        ({}, FieldKind.JSON),
        (True, FieldKind.JSON),
        ({"type": ["string", "null"]}, FieldKind.TEXT),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, FieldKind.WHOLE),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, FieldKind.JSON),
        ({"$ref": "#/$defs/Tone"}, FieldKind.CHOICE),
        ({"allOf": [{"$ref": "#/$defs/Tone"}]}, FieldKind.CHOICE),
        ({"$ref": "#/$defs/Loop"}, FieldKind.JSON),
        ({"$ref": "https://elsewhere.example"}, FieldKind.JSON),
    ],
)
def test_every_schema_has_a_field(schema: Any, kind: FieldKind) -> None:
    """What JSON Schema and Pydantic write becomes a control, at worst JSON text."""
    definitions = {"Tone": CHOICE, "Loop": {"$ref": "#/$defs/Loop"}}

    (field,) = fields_of({"properties": {"it": schema}, "$defs": definitions})

    assert field.kind is kind


def test_a_field_tells_what_it_is() -> None:
    """Title, help, example and whether it must be filled in."""
    form = a_form(
        ("topic", "tone"),
        topic={
            "type": "string",
            "title": "Topic",
            "description": "What is it about?",
            "examples": ["Bees"],
            "maxLength": 200,
        },
        tone=CHOICE | {"default": "formal"},
        word_count={"type": "integer"},
    )

    topic, tone, words = form_blocks(form, {})

    assert topic["label"]["text"] == "Topic"
    assert topic["hint"]["text"] == "What is it about?"
    assert topic["element"]["placeholder"]["text"] == "Bees"
    assert topic["element"]["max_length"] == 200
    assert [block["optional"] for block in (topic, tone, words)] == [False, True, True]
    assert tone["element"]["initial_option"]["text"]["text"] == "formal"
    assert words["label"]["text"] == "Word count"


def test_what_only_the_flow_writes_is_not_asked() -> None:
    """A read-only part of the state is no input."""
    assert a_form(id={"type": "string", "readOnly": True}).fields == ()


@pytest.mark.parametrize(
    ("schema", "value", "key", "initial"),
    [
        ({"type": "string"}, "Bees", "initial_value", "Bees"),
        ({"type": "number"}, 12.5, "initial_value", "12.5"),
        (
            {"type": "string", "format": "date"},
            "2026-11-27",
            "initial_date",
            "2026-11-27",
        ),
        (LIST, ["a", "b"], "initial_value", "a\nb"),
        ({"type": "object"}, {"a": 1}, "initial_value", '{\n  "a": 1\n}'),
    ],
)
def test_values_come_prefilled(schema: Any, value: Any, key: str, initial: str) -> None:
    """Remembered and default values are in their control."""
    assert element(a_form(it=schema), it=value)[key] == initial
    assert element(a_form(it=schema | {"default": value}))[key] == initial


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "maxLength": 3}, "Bees"),
        ({"type": "string"}, "x" * 3_001),
        ({"type": "string", "format": "date"}, "soon"),
        (CHOICE, "rude"),
        ({"type": "number"}, "many"),
        ({"type": "boolean"}, "yes"),
    ],
)
def test_a_remembered_value_that_fits_no_more_is_left_out(
    schema: Any, value: Any
) -> None:
    """An old value never keeps a form from opening."""
    assert not [key for key in element(a_form(it=schema), it=value) if "initial" in key]


def held(form: Form, name: str, **value: Any) -> dict[str, Any]:
    """Slack's state with one field filled in."""
    return {form.block_id(name): {VALUE: value}}


@pytest.mark.parametrize(
    ("schema", "value", "read"),
    [
        ({"type": "string"}, {"value": "Bees"}, "Bees"),
        ({"type": "number"}, {"value": "12.5"}, 12.5),
        ({"type": "number"}, {"value": "3400"}, 3400),
        ({"type": "integer"}, {"value": "1,200"}, 1200),
        ({"type": "boolean"}, {"selected_options": [{"value": "yes"}]}, True),
        ({"type": "boolean"}, {"selected_options": []}, False),
        (CHOICE, {"selected_option": {"value": "1"}}, "formal"),
        ({"enum": [1, 2]}, {"selected_option": {"value": "0"}}, 1),
        (
            {"type": "array", "items": CHOICE},
            {"selected_options": [{"value": "0"}, {"value": "1"}]},
            ["friendly", "formal"],
        ),
        (
            {"type": "string", "format": "date"},
            {"selected_date": "2026-11-27"},
            "2026-11-27",
        ),
        (LIST, {"value": "one, two\n\n three "}, ["one, two", "three"]),
        (LIST, {"value": "one, two"}, ["one", "two"]),
        ({"type": "array", "items": {"type": "integer"}}, {"value": "1\n2"}, [1, 2]),
        ({"type": "object"}, {"value": '{"a": 1}'}, {"a": 1}),
    ],
)
def test_what_was_filled_in_is_read(schema: Any, value: Any, read: Any) -> None:
    """Each control's value becomes the schema's type."""
    form = a_form(it=schema)

    filled = read_state(form, held(form, "it", **value))

    assert (filled.inputs, filled.errors) == ({"it": read}, {})


@pytest.mark.parametrize(
    ("schema", "value", "sentence"),
    [
        ({"type": "string"}, {"value": None}, NEEDED),
        ({"type": "string"}, {"value": "  "}, NEEDED),
        ({"type": "array", "items": CHOICE}, {"selected_options": []}, NEEDED),
        (
            {"type": "string", "minLength": 5},
            {"value": "Bees"},
            "Please write at least 5 characters.",
        ),
        (
            {"type": "string", "maxLength": 3},
            {"value": "Bees"},
            "Please write at most 3 characters: it is 1 too long.",
        ),
        (
            {"type": "string", "pattern": "^[A-Z]+$"},
            {"value": "bees"},
            "Please write it in the form ^[A-Z]+$.",
        ),
        (
            {"type": "number"},
            {"value": "many"},
            "Please write a number, such as 3400 or 12.5.",
        ),
        (
            {"type": "number"},
            {"value": "nan"},
            "Please write a number, such as 3400 or 12.5.",
        ),
        ({"type": "integer"}, {"value": "1.5"}, "Please write a whole number."),
        (
            {"type": "number", "minimum": 1000},
            {"value": "3"},
            "Please write a number of at least 1,000.",
        ),
        (
            {"type": "number", "exclusiveMinimum": 0},
            {"value": "0"},
            "Please write a number of more than 0.",
        ),
        (
            {"type": "number", "multipleOf": 0.05},
            {"value": "0.12"},
            "Please write a multiple of 0.05.",
        ),
        (
            LIST | {"minItems": 2},
            {"value": "one"},
            "Please give at least 2.",
        ),
        (
            LIST | {"uniqueItems": True},
            {"value": "one\none"},
            "Please give each one only once.",
        ),
        (
            {"type": "array", "items": {"type": "string", "maxLength": 3}},
            {"value": "one\nthree"},
            "“three”: Please write at most 3 characters: it is 2 too long.",
        ),
        (
            {"type": "object"},
            {"value": "{"},
            (
                "Please write JSON: Expecting property name enclosed in double quotes:"
                " line 1 column 2 (char 1)."
            ),
        ),
        (
            CHOICE,
            {"selected_option": {"value": "7"}},
            "Please choose again: the choices have changed.",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    schema: Any, value: Any, sentence: str
) -> None:
    """One clear sentence, under the block of the field that it is about."""
    form = a_form(("it",), it=schema)

    filled = read_state(form, held(form, "it", **value))

    assert form.errors_by_block(filled.errors) == {form.block_id("it"): sentence}
    assert not filled.is_complete


def test_what_is_left_empty_gets_its_default() -> None:
    """Defaults are filled in; what has none stays away."""
    form = a_form(a={"type": "string", "default": "x"}, b={"type": "string"})

    assert read_state(form, {}).inputs == {"a": "x"}


def test_arguments_are_typed_by_the_schema() -> None:
    """`key="value"` pairs become the types that the crew expects."""
    form = a_form(
        topic={"type": "string"},
        max_words={"type": "integer"},
        tone=CHOICE,
        hurry={"type": "boolean"},
        launch={"type": "string", "format": "date"},
        channels={"type": "array", "items": {"enum": ["Email", "Press"]}},
    )

    filled = form.read_arguments(
        {
            "Topic": "Bees",
            "max-words": "1,200",
            "tone": "FORMAL",
            "hurry": "yes",
            "launch": "2026-11-27",
            "channels": "email, press",
        }
    )

    assert filled.is_complete
    assert filled.inputs == {
        "topic": "Bees",
        "max_words": 1200,
        "tone": "formal",
        "hurry": True,
        "launch": "2026-11-27",
        "channels": ["Email", "Press"],
    }


def test_unknown_names_are_suggested() -> None:
    """A misspelt name leads to the right one; a strange one to the list."""
    form = a_form(topic={"type": "string"}, tone=CHOICE)

    filled = form.read_arguments({"tpoic": "Bees", "xyz": "1"})

    assert filled.unknown == (
        "content has no “tpoic”. Did you mean “topic”?",
        "content has no “xyz”. It has: topic, tone.",
    )
    assert not filled.is_complete


@pytest.mark.parametrize(
    ("schema", "text", "sentence"),
    [
        (CHOICE, "frmal", "Did you mean “formal”?"),
        (CHOICE, "xyz", "Please choose one of: friendly, formal."),
        ({"type": "boolean"}, "perhaps", "Please write yes or no."),
        (
            {"type": "string", "format": "date"},
            "tomorrow",
            "Please write the date as 2026-11-27.",
        ),
    ],
)
def test_wrong_arguments_say_what_is_right(
    schema: Any, text: str, sentence: str
) -> None:
    """The sentence tells what can be written instead."""
    filled = a_form(it=schema).read_arguments({"it": text})

    assert filled.errors == {"it": sentence}


def test_block_ids_differ_between_crews_and_are_short() -> None:
    """What was typed for one crew does not slip into another's field."""
    one = Form.of(a_crew_version("content"))
    other = Form.of(a_crew_version("purchase"))

    assert one.block_id("topic") != other.block_id("topic")
    assert len(one.block_id("x" * 400)) <= 255
    assert one.block_id("x" * 400) != one.block_id("x" * 401)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "enum",
                    "items",
                    "anyOf",
                    "$ref",
                    "default",
                    "title",
                    "maxLength",
                    "format",
                    "minimum",
                    "properties",
                    "required",
                    "examples",
                    "const",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


SCHEMAS = st.builds(
    lambda kind, extra: {**extra, **kind},
    st.sampled_from(
        [
            *({"type": kind} for kind in ("string", "number", "integer", "boolean")),
            {"type": "array", "items": {"type": "string"}},
            {"type": "array", "items": {"enum": ["a", "b"]}},
            {"type": "string", "format": "date"},
            {},
        ]
    ),
    st.dictionaries(
        st.sampled_from(
            [
                *("minLength", "maxLength", "pattern", "minimum", "maximum"),
                *("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems"),
                *("maxItems", "uniqueItems", "enum", "items", "default", "examples"),
                *("title", "description", "readOnly", "anyOf", "$ref", "const"),
            ]
        ),
        JSON,
        max_size=6,
    ),
)


@given(
    part=SCHEMAS | JSON,
    text=st.text(max_size=20)
    | st.sampled_from(["a", "1", "-2.5", "a\nb", "2026-11-27"]),
)
def test_no_schema_breaks_the_form(part: Any, text: str) -> None:
    """A crew's schema is somebody else's: the form opens whatever it says."""
    form = a_form(it=part)

    form_blocks(form, {"it": text})
    read_state(form, {form.block_id("it"): {VALUE: {"value": text}}})
    form.read_arguments({"it": text})
