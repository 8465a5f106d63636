"""The sorts of requests, each an endless or a whole list, in an order that its Random decides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle, islice
from random import Random
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from clinic.rules.refusals import ActionRefused
from tests.files import a_pdf
from tests.fuzz import hostile
from tests.fuzz.asking import ELSEWHERE, Asked, Case
from tests.fuzz.forms import filled, names_of
from tests.fuzz.hostile import FORM, PARTS, VALUES, encoded, head_value, multipart
from tests.fuzz.house import WHO, House
from tests.fuzz.meant import LEFT, NOW
from tests.pages import Page

# By the name of an address: where our own pages lead to it.
Links = Mapping[str, list[str]]
# Signing out is no way to go on, and its form is empty.
LEFT_OUT = {"account_logout"}


@dataclass(frozen=True)
class Base:
    """A form that its page may take: by whom, where, and filled in; ``taken`` where it was."""

    page: Page
    who: str
    url: str
    said: tuple[tuple[str, Any], ...]
    names: tuple[str, ...]
    before: Any = None
    taken: bool = False

    @property
    def file(self) -> str:
        return next((name for name, value in self.said if value is None), "")

    def case(self, said: str, pairs: Any = None, file: tuple[str, str, bytes] | None = None) -> Case:
        """The form, sent with these pairs instead of its own."""
        path, _, query = self.url.partition("?")
        pairs = [(name, value) for name, value in (self.said if pairs is None else pairs) if value is not None]
        case = Case(self.page, self.who, path, said, "POST", query=query, before=self.before)
        if self.file:
            parts = multipart(pairs, {self.file: file or ("Paper.pdf", "application/pdf", a_pdf())})
            return replace(case, body=parts, kind=PARTS)
        return replace(case, body=encoded(pairs), kind=FORM)

    def changed(self, name: str, value: Any) -> list[tuple[str, Any]]:
        return [*((each, was) for each, was in self.said if each != name), (name, value)]


def bases(
    asked: Asked, random: Random, pages: list[Page], links: Links, *, tries: int, text: str = "Said in words."
) -> Iterator[Base]:
    """Of every address that has a form, one that it takes, or after so many ``tries`` the last one that it did not."""
    house = asked.house
    for page in pages:
        meant = house.meant(page)
        readers = [who for who in house.readers(page) if who != "display"] or ["nobody"]
        urls = [*links.get(page.name, ()), *house.urls(page)]
        if meant:
            readers = [who for who in meant.who or readers if house.is_ours(who)] or readers
            urls = house.urls(page) if not meant.at else [page.url(house.things[meant.at])]
            urls = [f"{url}?{meant.query(house)}" for url in urls] if meant.query else urls
        found, shown = None, _shown(asked, page, readers, urls, random, most=max(3, tries // 3))
        for who, url, answer in islice(cycle(shown), tries if shown else 0):
            found = _base(house, page, who, url, answer, random, text=text)
            answered = asked.ask(found.case("as somebody may well fill it in"))
            if answered.status_code == 302 or (answered.status_code == 200 and "attachment" in str(answered.headers)):
                found = replace(found, taken=True)
                break
        if found:
            yield found


def _shown(
    asked: Asked, page: Page, readers: list[str], urls: list[str], random: Random, *, most: int
) -> list[tuple[str, str, Any]]:
    """Where this page shows a form, and to whom; no more than ``most``."""
    found: list[tuple[str, str, Any]] = []
    meant = asked.house.meant(page)
    random.shuffle(urls)
    for url in urls if meant is None else urls * 3:
        who, (path, _, query) = random.choice(readers), url.partition("?")
        try:
            answer = asked.ask(Case(page, who, path, "shown", query=query, before=meant and meant.before))
        except ActionRefused:  # what was planted before has ended what this begins with
            continue
        if answer.status_code == 200 and page.name not in LEFT_OUT and names_of(answer, path):
            found.append((who, url, answer))
        if len(found) == most:
            break
    return found


def _base(house: House, page: Page, who: str, url: str, answer: Any, random: Random, *, text: str) -> Base:
    path, meant = url.partition("?")[0], house.meant(page)
    eager = random.choice((0.0, 0.5, 1.0)) if meant is None else 0.0
    said = filled(answer, path, random, text=text, now=NOW, eager=eager, as_shown=bool(meant and meant.as_shown))
    if meant:
        means = meant.says(house, text)
        said = [pair for pair in said if pair[0] not in means]
        for name, value in means.items():
            said += [(name, each) for each in (value if isinstance(value, tuple) else (value,)) if each != LEFT]
    return Base(page, who, url, tuple(said), tuple(names_of(answer, path)), meant and meant.before)


def whos(random: Random, page: Page, house: House) -> str:
    """Mostly somebody who may, so that it is looked at more closely."""
    readers = house.readers(page)
    return random.choice(readers if readers and random.random() < 0.7 else list(WHO))


# --- without a form ----------------------------------------------------------------------------------


def methods(house: House, random: Random) -> Iterator[Case]:
    """Every address by every method as everybody."""
    wanted = [(page, method, who) for page in house.pages for method in hostile.METHODS for who in WHO]
    random.shuffle(wanted)
    for page, method, who in wanted:
        yield Case(page, who, random.choice(house.urls(page)), method[:12], method, body=b"a=1")


def elsewhere(house: House, random: Random) -> Iterator[Case]:
    """The other clinic's addresses as everybody of ours, and ours as everybody of theirs; read and posted."""
    wanted = [
        (page, who, url)
        for page in house.pages
        for who in WHO
        if page.of_a_record and (who.startswith("other") or WHO[who][1])
        for url in house.urls(page, theirs=not who.startswith("other"))[:3]
    ]
    random.shuffle(wanted)
    for page, who, url in wanted:
        yield Case(page, who, url, ELSEWHERE)
        yield Case(page, who, url, ELSEWHERE, "POST", body=b"entry_id=" + str(_id(random)).encode())


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def queries(house: House, random: Random) -> Iterator[Case]:
    while True:
        page = random.choice(house.pages)
        asked = [(random.choice(hostile.QUERY_NAMES), hostile.some(random, VALUES)) for _each in range(3)]
        query = urlencode([(name, value[: hostile.SMALL]) for name, (_said, value) in asked], errors="surrogatepass")
        said = ", ".join(f"{name}: {said}" for name, (said, _value) in asked)
        yield Case(page, whos(random, page, house), random.choice(house.urls(page)), said, query=query)


def posts(house: House, random: Random) -> Iterator[Case]:
    """Every address is sent what some view or other reads."""
    while True:
        page, names = random.choice(house.pages), random.sample(hostile.UNDRAWN, random.randint(1, 4))
        odd = [(name, hostile.some(random, VALUES)) for name in names]
        said = ", ".join(f"{name}: {said}" for name, (said, _value) in odd)
        case = Case(page, whos(random, page, house), random.choice(house.urls(page)), said, "POST")
        by = random.choice(("scan", "form", "refresh", "XMLHttpRequest"))
        yield replace(
            case, body=encoded([(name, value) for name, (_, value) in odd]), headers=(("X-Requested-With", by),)
        )


def paths(house: House, random: Random) -> Iterator[Case]:
    """An odd word where a number or a name stands in the address, or at its end."""
    while True:
        page = random.choice(house.pages)
        said, value = hostile.some(random, VALUES)
        sent = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        parts = random.choice(house.urls(page)).split("/")
        parts[random.randrange(1, len(parts))] = quote(sent[: hostile.SMALL], safe="")
        case = Case(page, whos(random, page, house), "/".join(parts) or "/", f"in its path: {said}")
        yield replace(case, method=random.choice(("GET", "POST")))


def headers(house: House, random: Random) -> Iterator[Case]:
    while True:
        page, name = random.choice(house.pages), random.choice(hostile.HEADERS)
        said, value = hostile.some(random, VALUES)
        sent = head_value(value)
        who = whos(random, page, house)
        if name == "Cookie":
            cookies = f"{random.choice(hostile.COOKIES)}={random.choice(hostile.cookie_values())}"
            who = random.choice((who, "nobody"))
            sent = f"{house.cookies[who]}; {cookies}"
        if name == "Host":
            sent = random.choice(("vq7x.example", "127.0.0.1:99999", "[::1", "", "a@b", sent[:50]))
        method = random.choice(("GET", "GET", "POST"))
        yield Case(page, who, random.choice(house.urls(page)), f"{name}: {said}", method, headers=((name, sent),))


# --- forms -------------------------------------------------------------------------------------------


def fields(house: House, random: Random, known: list[Base]) -> Iterator[Case]:
    """Every field of every form, again and again with another odd value; the rest of the form as it was."""
    wanted = [(base, name) for base in known for name in base.names]
    while True:
        random.shuffle(wanted)
        for base, name in wanted:
            said, value = hostile.some(random, VALUES)
            yield base.case(f"{name}: {said}", base.changed(name, value))


def foreign(house: House, random: Random, known: list[Base]) -> Iterator[Case]:
    """Every field that holds a number, with each of the other clinic's."""
    ids = {value for things in house.theirs for value in things.values() if isinstance(value, UUID)}
    holding = [(base, name) for base in known for name, value in base.said if name != "entry_id" and _is_id(value)]
    wanted = [(base, name, each) for base, name in holding for each in sorted(ids)]
    random.shuffle(wanted)
    for base, name, each in wanted:
        yield base.case(f"{name}: another clinic's", base.changed(name, str(each)))


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 36 and value.count("-") == 4


def shapes(house: House, random: Random, known: list[Base]) -> Iterator[Case]:
    """Fields left out, sent twice, all odd at once, and the form sent as what it is not."""
    while True:
        base = random.choice(known)
        said = list(base.said)
        without = random.choice(base.names)
        yield base.case(f"without {without}", [pair for pair in said if pair[0] != without])
        yield base.case(f"{without} twice", [*said, (without, "1"), (without, "")])
        more = [(name, hostile.some(random, VALUES)[1]) for name in random.sample(hostile.UNDRAWN, 2)]
        yield base.case(f"and {more[0][0]}, {more[1][0]}", [*said, *(pair for pair in more if pair[0] != "entry_id")])
        odd = [(name, hostile.some(random, VALUES)[1]) for name in base.names if name != "entry_id"]
        number = [pair for pair in said if pair[0] == "entry_id"]
        yield base.case("everything odd", [*number, *((name, value[:20_000]) for name, value in odd)])
        name, (kind, body) = random.choice(list(hostile.bodies([p for p in said if p[1] is not None]).items()))
        yield replace(base.case(name), kind=kind, body=body)


def attached(house: House, random: Random, known: list[Base]) -> Iterator[Case]:
    """Every file nobody should keep, at every form that takes one; the rest of the form as it was."""
    wanted = [(base, said, file) for base in known if base.file for said, file in hostile.files().items()]
    random.shuffle(wanted)
    for base, said, file in wanted:
        yield base.case(said, file=file)


def waited(house: House, random: Random, known: list[Base]) -> Iterator[Case]:
    """What waited on the tablet, with heads that its script never sends."""
    while True:
        base = random.choice(known)
        token = random.choice((house.token, house.token[:-1], house.token * 50, hostile.some(random, VALUES)[1]))
        typed = random.choice((NOW.isoformat(), (NOW - timedelta(minutes=5)).isoformat(), None, None))
        said, odd = hostile.some(random, VALUES)
        heads = [("X-Outbox-Author", head_value(token)), ("X-Outbox-Typed", typed or head_value(odd))]
        heads += [("X-Requested-With", random.choice(("outbox", "keep", "form", "refresh", "scan")))]
        heads += [("X-Outbox-Untimed", "yes")] * random.randint(0, 1)
        who = random.choice(("tablet", "tablet", "nurse", "nobody"))
        name = random.choice(base.names)
        pairs = base.changed(name, hostile.some(random, VALUES)[1]) if random.random() < 0.5 else None
        case = base.case(f"waited, typed: {said}", pairs)
        yield replace(case, who=who, headers=tuple(heads))


def planted(asked: Asked, random: Random, pages: list[Page], links: Links, *, tries: int) -> int:
    """A script is said wherever words are taken, and stays; in how many fields."""
    told = 0
    file = (f"<img src={hostile.MARK} onerror={hostile.MARK}>.pdf", "application/pdf", a_pdf())
    for base in bases(asked, random, pages, links, tries=tries, text=hostile.SCRIPT):
        if base.taken and asked.ask(base.case("planted", file=file), keep=True).status_code == 302:
            told += sum(hostile.MARK in str(value) for _name, value in base.said)
    return told


def read_by(house: House, random: Random) -> Iterator[Case]:
    """Every page as everybody who may."""
    wanted = [(page, who, url) for page in house.pages for who in house.readers(page) for url in house.urls(page)]
    random.shuffle(wanted)
    for page, who, url in wanted:
        yield Case(page, who, url, "read")
