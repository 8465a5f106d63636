"""The made-up patients of the scenes, and who comes in their place on a later day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from clinic.models import Language, Sex


@dataclass(frozen=True)
class Somebody:
    """A made-up patient, with the indication of their course. ``papers``: an off-label course is justified.
    ``past``: how many sessions they had before the first demo day, out of thirty of whoever had most."""

    first_name: str
    last_name: str
    born: date
    sex: Sex
    mrn: str
    indication: str = "TRD"
    enrolled: bool = True
    papers: bool = True
    past: int = 0
    allergy: str = ""
    paper_language: str = Language.EN
    weeks_elsewhere: int = 0

    def elsewhere(self, today: date) -> dict[str, Any]:
        """What they tell of a course begun at another clinic."""
        if not self.weeks_elsewhere:
            return {}
        first, last = today - timedelta(weeks=self.weeks_elsewhere), today - timedelta(days=4)
        said = {"doses_elsewhere": 2 * self.weeks_elsewhere, "treated_where": "Pelican Clinic, Eastport"}
        return {"first_dose_elsewhere_date": first, "last_dose_elsewhere_date": last, **said}

    @property
    def family(self) -> str:
        """A pattern of the record numbers of everybody who ever played this part."""
        return rf"^{self.mrn[:2]}\d{{3}}{self.mrn[-3:]}$"


ROSALIND = Somebody("Rosalind", "Tamarack", date(1982, 9, 3), Sex.FEMALE, "W-004417", allergy="Penicillin")
HUGO = Somebody("Hugo", "Hawthorn", date(1975, 6, 14), Sex.MALE, "W-004502")
GRETA = Somebody("Greta", "Gentian", date(1990, 2, 27), Sex.FEMALE, "W-004519", past=2, paper_language=Language.ES)
MAUD = Somebody("Maud", "Larkspur", date(1979, 1, 22), Sex.FEMALE, "W-004583", "GAD")
SILAS = Somebody("Silas", "Sorrel", date(1968, 11, 5), Sex.MALE, "W-004590")
FELIX = Somebody("Felix", "Fennel", date(1961, 4, 30), Sex.MALE, "W-004461", past=3)
OPAL = Somebody("Opal", "Plover", date(1987, 12, 9), Sex.FEMALE, "W-004318", past=30)
IDA = Somebody("Ida", "Indigo", date(1984, 10, 17), Sex.FEMALE, "W-004446", past=2)
THEO = Somebody("Theo", "Teasel", date(1994, 8, 18), Sex.MALE, "W-004377", weeks_elsewhere=3)
NED = Somebody("Ned", "Nettle", date(1970, 5, 21), Sex.MALE, "W-004634", past=1)
VERA = Somebody("Vera", "Valerian", date(1958, 1, 8), Sex.FEMALE, "W-004641", past=1)
BRUNO = Somebody("Bruno", "Burdock", date(1966, 12, 2), Sex.MALE, "W-004658")
CLARA = Somebody("Clara", "Comfrey", date(1991, 3, 29), Sex.FEMALE, "W-004665")
ULLA = Somebody("Ulla", "Umbel", date(1986, 3, 19), Sex.FEMALE, "W-004680")
ELSE = Somebody("Else", "Elder", date(1977, 7, 15), Sex.FEMALE, "W-004672")
WILMA = Somebody("Wilma", "Woodruff", date(1971, 3, 11), Sex.FEMALE, "W-004611", "SAD", papers=False)
JUNO = Somebody("Juno", "Juniper", date(2001, 5, 2), Sex.OTHER, "W-004620", "MDSI", enrolled=False)
DORA = Somebody("Dora", "Daphne", date(1989, 6, 6), Sex.FEMALE, "N-000211")
LARS = Somebody("Lars", "Lupine", date(1980, 2, 12), Sex.MALE, "N-000228")
OTIS = Somebody("Otis", "Overland", date(1984, 7, 7), Sex.MALE, "H-000105")

_FIRST = ("Ansel", "Briar", "Cleo", "Devin", "Ezra", "Flora", "Gale", "Hollis", "Imogen", "Jory", "Keane", "Linnea")
_LAST = (
    *("Aster", "Bracken", "Campion", "Dogwood", "Eyebright", "Foxglove", "Goldcrest", "Heron", "Ivory", "Kestrel"),
    *("Linden", "Mallow", "Nuthatch", "Oakley", "Pipit", "Redstart", "Siskin", "Thistle", "Umbel", "Willow"),
)


def next_of(somebody: Somebody, number: int) -> Somebody:
    """Who plays this part when the first is still resting after a dose. Always the same person for a number."""
    random = Random(f"{somebody.mrn} {number}")  # noqa: S311
    return replace(
        somebody,
        first_name=random.choice(_FIRST),
        last_name=random.choice(_LAST),
        born=somebody.born + timedelta(days=random.randint(-2000, 2000)),
        mrn=f"{somebody.mrn[:2]}{int(somebody.mrn[2:]) + 1000 * number:06d}",
        past=0,
    )
