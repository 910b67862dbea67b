"""Départements and their regions (code officiel géographique; no package fits, see docs/decisions)."""

_REGIONS = (
    "01:971 02:972 03:973 04:974 06:976 11:75,77,78,91,92,93,94,95 24:18,28,36,37,41,45 27:21,25,39,58,70,71,89,90"
    " 28:14,27,50,61,76 32:02,59,60,62,80 44:08,10,51,52,54,55,57,67,68,88 52:44,49,53,72,85 53:22,29,35,56"
    " 75:16,17,19,23,24,33,40,47,64,79,86,87 76:09,11,12,30,31,32,34,46,48,65,66,81,82"
    " 84:01,03,07,15,26,38,42,43,63,69,73,74 93:04,05,06,13,83,84 94:2A,2B"
)
REGION_OF = {
    department: region
    for region, _, departments in (part.partition(":") for part in _REGIONS.split())
    for department in departments.split(",")
}
# Overseas collectivities: départements of no region.
WITHOUT_REGION = frozenset({"975", "977", "978", "984", "986", "987", "988", "989"})


def department_code(text: str) -> str:
    """« 1 », « 01 » and « 2a » as « 01 », « 01 », « 2A »; empty when it is no département."""
    code = text.strip().upper()
    code = code.zfill(2) if code.isdigit() else code
    return code if code in REGION_OF or code in WITHOUT_REGION else ""


def department_of_postcode(text: str) -> str:
    """The département that a postcode tells; empty when it tells none for sure (Corsica shares 20)."""
    digits = text.strip().zfill(5)
    if len(digits) != 5 or not digits.isdigit() or digits.startswith("20"):
        return ""
    return department_code(digits[:3] if digits.startswith(("97", "98")) else digits[:2])
