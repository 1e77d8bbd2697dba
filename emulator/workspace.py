"""Who and what the workspace holds, and how to find it."""

from emulator import ids
from emulator.clock import Clock
from emulator.errors import BadWorkspaceFile, Refusal
from emulator.records import Channel, ChannelKind, Person, StoredFile, UserGroup
from emulator.seed import AppSeed, ChannelSeed, PersonSeed, TeamSeed, WorkspaceSeed

SLACKBOT = "USLACKBOT"


class Workspace:
    """People, user groups, channels and files of one team, with its one app."""

    def __init__(self, seed: WorkspaceSeed, clock: Clock) -> None:
        self._clock = clock
        self.team: TeamSeed = seed.team
        self.app: AppSeed = seed.app
        self.welcome = seed.welcome
        self.people: dict[str, Person] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, StoredFile] = {}
        self._add_app_and_slackbot()
        for person in seed.people:
            self._add_person(person)
        for channel in seed.channels:
            self._add_channel(channel)
        for group in seed.usergroups:
            self.usergroups[group.id] = UserGroup(
                id=group.id,
                handle=group.handle,
                name=group.name,
                users=self._known_people(group.users),
                updated=int(clock.now()),
            )

    @property
    def bot(self) -> Person:
        return self.people[self.app.bot.id]

    def person(self, wanted: object) -> Person:
        """Somebody by id or handle.

        Raises:
            Refusal: `user_not_found`.
        """
        if isinstance(wanted, str):
            found = self.people.get(wanted)
            if found is not None:
                return found
            for person in self.people.values():
                if person.handle == wanted.removeprefix("@"):
                    return person
        raise Refusal("user_not_found", f'There is nobody called "{wanted}".')

    def channel(self, wanted: object) -> Channel:
        """A conversation by id or name, with or without `#`.

        Raises:
            Refusal: `channel_not_found`.
        """
        if isinstance(wanted, str):
            found = self.channels.get(wanted)
            if found is not None:
                return found
            name = wanted.removeprefix("#")
            for channel in self.channels.values():
                if channel.name == name and not channel.is_direct:
                    return channel
        raise Refusal("channel_not_found", f'There is no channel "{wanted}".')

    def usergroup(self, wanted: object) -> UserGroup:
        """A user group by id or handle.

        Raises:
            Refusal: `no_such_subteam`.
        """
        for group in self.usergroups.values():
            if wanted in {group.id, group.handle}:
                return group
        raise Refusal("no_such_subteam", f'There is no user group "{wanted}".')

    def direct(self, people: list[str]) -> tuple[Channel, bool]:
        """The DM of these people, and whether it was opened just now."""
        members = sorted(set(people))
        pair = 2
        kind = ChannelKind.IM if len(members) <= pair else ChannelKind.MPIM
        prefix = "D" if kind is ChannelKind.IM else "G"
        channel_id = ids.stable(prefix, self.team.id, *members)
        if channel_id in self.channels:
            return self.channels[channel_id], False
        handles = [self.people[member].handle for member in members]
        channel = Channel(
            id=channel_id,
            name=f"mpdm-{'--'.join(handles)}-1" if kind is ChannelKind.MPIM else "",
            kind=kind,
            members=members,
            creator=people[0],
            created=int(self._clock.now()),
        )
        self.channels[channel_id] = channel
        return channel, True

    def may_read(self, person: Person, channel: Channel) -> bool:
        """Members read; public channels are open to the team's full members."""
        if person.id in channel.members:
            return True
        outsider = person.external or person.guest is not None
        return channel.kind is ChannelKind.PUBLIC and not outsider

    def readable(self, person: Person, wanted: object) -> Channel:
        """A conversation that this person may read.

        Raises:
            Refusal: `channel_not_found`, also where it exists but is not theirs.
        """
        channel = self.channel(wanted)
        if not self.may_read(person, channel):
            sentence = f"{person.real_name} cannot open this conversation."
            raise Refusal("channel_not_found", sentence)
        return channel

    def readers(self, channel: Channel) -> set[str]:
        """Everybody who may read a conversation."""
        return {p.id for p in self.people.values() if self.may_read(p, channel)}

    def create_channel(
        self, name: str, *, private: bool, members: list[str], creator: str
    ) -> Channel:
        """Open a channel.

        Raises:
            Refusal: `name_taken`.
        """
        if any(channel.name == name for channel in self.channels.values()):
            raise Refusal("name_taken", f"There is already a channel #{name}.")
        channel = Channel(
            id=ids.fresh("C"),
            name=name,
            kind=ChannelKind.PRIVATE if private else ChannelKind.PUBLIC,
            members=list(members),
            creator=creator,
            created=int(self._clock.now()),
        )
        self.channels[channel.id] = channel
        return channel

    def _add_app_and_slackbot(self) -> None:
        now = int(self._clock.now())
        for person in (
            Person(
                id=self.app.bot.id,
                bot_id=self.app.bot.bot_id,
                handle=self.app.bot.handle,
                real_name=self.app.name,
                team_id=self.team.id,
                updated=now,
            ),
            Person(
                id=SLACKBOT,
                bot_id="B01",
                handle="slackbot",
                real_name="Slackbot",
                team_id=self.team.id,
                color="757575",
                updated=now,
            ),
        ):
            self.people[person.id] = person

    def _add_person(self, seed: PersonSeed) -> None:
        values = seed.model_dump(exclude={"team_id", "email"})
        handles = {person.handle for person in self.people.values()}
        if seed.id in self.people or seed.handle in handles:
            raise BadWorkspaceFile(f"Two people are called {seed.handle} ({seed.id}).")
        self.people[seed.id] = Person(
            **values,
            team_id=seed.team_id or self.team.id,
            email=seed.email or f"{seed.handle}@{self.team.domain}.example",
            updated=int(self._clock.now()),
        )

    def _add_channel(self, seed: ChannelSeed) -> None:
        members = self._known_people(seed.members)
        self.channels[seed.id] = Channel(
            id=seed.id,
            name=seed.name,
            kind=ChannelKind.PRIVATE if seed.private else ChannelKind.PUBLIC,
            members=members,
            creator=next(iter(members), self.app.bot.id),
            created=int(self._clock.now()),
            ext_shared=seed.ext_shared,
            archived=seed.archived,
            topic=seed.topic,
            purpose=seed.purpose,
        )

    def _known_people(self, wanted: list[str]) -> list[str]:
        try:
            return [self.person(name).id for name in wanted]
        except Refusal as refusal:
            raise BadWorkspaceFile(refusal.message) from refusal
