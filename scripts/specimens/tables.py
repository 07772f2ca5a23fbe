"""What may stand on a first-generation residence card, written from the data sheet for drawing alone.

The service has its own tables; nothing is shared, so that a wrong rule in one shows against the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = [
    "AUTHORITY_CHANGE",
    "BUREAUS",
    "CITIES",
    "FIRST_ISSUE",
    "ISSUERS",
    "LAST_GEN1_ISSUE",
    "NEVER_ISSUED",
    "OTHER_WORK_TEXTS",
    "STATUSES",
    "UNDECIDED_ADDRESS",
    "WORK_TEXTS",
    "Status",
    "authority",
    "issuer",
    "periods",
]

FIRST_ISSUE = date(2012, 7, 9)
LAST_GEN1_ISSUE = date(2026, 6, 13)
AUTHORITY_CHANGE = date(2019, 4, 1)
"""From this day the agency (出入国在留管理庁) and its regional bureaus exist."""
SSW_PERIOD_CHANGE = date(2025, 9, 30)

WORK_TEXTS = {
    "unrestricted": "就労制限なし",
    "status": "在留資格に基づく就労活動のみ可",
    "institution": "指定書記載機関での在留資格に基づく就労活動のみ可",
    "designated": "指定書により指定された就労活動のみ可",
    "none": "就労不可",
}
OTHER_WORK_TEXTS = {
    "unrestricted": "none",
    "status": "unrestricted",
    "institution": "unrestricted",
    "designated": "unrestricted",
    "none": "unrestricted",
}
"""A limit that does not fit, as a forger would choose it."""


@dataclass(frozen=True)
class Status:
    """A status of residence for which cards are issued."""

    name: str
    english: str
    work: str
    """Key of WORK_TEXTS."""
    periods: tuple[str, ...]
    since: date = FIRST_ISSUE
    until: date = LAST_GEN1_ISSUE
    """Last day on which it was granted under this name."""
    family: bool = False
    """Whether children hold it."""
    permanent: bool = False


FIELD = ("5年", "3年", "1年")
NEW_2015 = date(2015, 4, 1)
SSW_START = date(2019, 4, 1)
CARE_START = date(2017, 9, 1)

STATUSES: tuple[Status, ...] = (
    Status("教授", "Professor", "status", FIELD),
    Status("芸術", "Artist", "status", FIELD),
    Status("宗教", "Religious Activities", "status", FIELD),
    Status("報道", "Journalist", "status", FIELD),
    Status("高度専門職1号イ", "Highly Skilled Professional (i)(a)", "status", ("5年",), NEW_2015),
    Status("高度専門職1号ロ", "Highly Skilled Professional (i)(b)", "status", ("5年",), NEW_2015),
    Status("高度専門職1号ハ", "Highly Skilled Professional (i)(c)", "status", ("5年",), NEW_2015),
    Status("経営・管理", "Business Manager", "status", ("5年", "3年", "1年", "6月", "4月"), NEW_2015),
    Status("法律・会計業務", "Legal/Accounting Services", "status", FIELD),
    Status("医療", "Medical Services", "status", FIELD),
    Status("研究", "Researcher", "status", FIELD),
    Status("教育", "Instructor", "status", FIELD),
    Status(
        "技術・人文知識・国際業務",
        "Engineer/Specialist in Humanities/International Services",
        "status",
        FIELD,
        NEW_2015,
    ),
    Status("企業内転勤", "Intra-company Transferee", "status", FIELD),
    Status("介護", "Nursing Care", "status", FIELD, CARE_START),
    Status("技能", "Skilled Labor", "status", FIELD),
    Status("興行", "Entertainer", "status", ("3年", "1年", "6月")),
    Status("特定技能1号", "Specified Skilled Worker (i)", "status", ("1年", "6月", "4月"), SSW_START),
    Status("特定技能2号", "Specified Skilled Worker (ii)", "status", ("3年", "1年", "6月"), SSW_START),
    Status("技能実習1号ロ", "Technical Intern Training (i)(b)", "status", ("1年", "6月")),
    Status("技能実習2号ロ", "Technical Intern Training (ii)(b)", "institution", ("2年", "1年")),
    Status(
        "技能実習3号ロ", "Technical Intern Training (iii)(b)", "status", ("2年", "1年"), date(2017, 11, 1)
    ),
    Status("文化活動", "Cultural Activities", "none", ("3年", "1年", "6月")),
    Status("留学", "Student", "none", ("4年3月", "4年", "3年3月", "2年3月", "2年", "1年3月", "1年", "6月")),
    Status("研修", "Trainee", "none", ("1年", "6月")),
    Status("家族滞在", "Dependent", "none", ("5年", "3年", "2年", "1年3月", "1年", "6月"), family=True),
    Status("特定活動", "Designated Activities", "designated", ("5年", "3年", "1年", "6月")),
    Status(
        "日本人の配偶者等",
        "Spouse or Child of Japanese National",
        "unrestricted",
        ("5年", "3年", "1年", "6月"),
    ),
    Status(
        "永住者の配偶者等",
        "Spouse or Child of Permanent Resident",
        "unrestricted",
        ("5年", "3年", "1年", "6月"),
        family=True,
    ),
    Status("定住者", "Long-Term Resident", "unrestricted", ("5年", "3年", "1年", "6月"), family=True),
    Status("永住者", "Permanent Resident", "unrestricted", ("無期限",), family=True, permanent=True),
    Status(
        "高度専門職2号", "Highly Skilled Professional (ii)", "status", ("無期限",), NEW_2015, permanent=True
    ),
)

NEVER_ISSUED = (("短期滞在", "Temporary Visitor"), ("外交", "Diplomat"), ("公用", "Official"))
"""Statuses for which no residence card exists."""

BUREAUS = ("東京", "名古屋", "大阪", "福岡", "広島", "仙台", "札幌", "高松")
ISSUERS = ("法務大臣", "出入国在留管理庁長官")
UNDECIDED_ADDRESS = "未定（届出後裏面に記載）"

CITIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "東京都",
        ("千代田区神田錦町", "港区芝浦", "新宿区大久保", "江戸川区西葛西", "豊島区池袋", "北区赤羽西"),
    ),
    ("大阪府", ("大阪市生野区桃谷", "堺市北区長曽根町", "東大阪市荒本北")),
    ("愛知県", ("名古屋市中区栄", "豊橋市松葉町", "豊田市保見ケ丘")),
    ("神奈川県", ("横浜市鶴見区潮田町", "川崎市川崎区桜本", "大和市下鶴間")),
    ("埼玉県", ("川口市芝園町", "さいたま市大宮区桜木町", "蕨市塚越")),
    ("福岡県", ("福岡市博多区千代", "北九州市小倉北区魚町")),
    ("北海道", ("札幌市北区北十条西", "虻田郡倶知安町北一条東")),
    ("静岡県", ("浜松市中央区砂山町", "磐田市東新町")),
    ("群馬県", ("邑楽郡大泉町坂田", "伊勢崎市茂呂町")),
)
BUILDINGS = (
    "",
    "",
    "さくらハイツ",
    "メゾン青葉",
    "コーポみどり",
    "第二寿荘",
    "グリーンパレス",
    "シティコート南",
)


def issuer(issued: date) -> str:
    """Who issued a card on that day."""
    return ISSUERS[issued >= AUTHORITY_CHANGE]


def authority(permission: str, bureau: str, granted: date) -> str:
    """Who granted a permission on that day."""
    if permission == "上陸許可":
        return "入国審査官"
    return bureau + ("出入国在留管理局長" if granted >= AUTHORITY_CHANGE else "入国管理局長")


def periods(status: Status, granted: date) -> tuple[str, ...]:
    """Periods that could be granted with a status on that day."""
    if granted >= SSW_PERIOD_CHANGE and status.name == "特定技能1号":
        return ("3年", "2年", "1年", "6月")
    if granted >= SSW_PERIOD_CHANGE and status.name == "特定技能2号":
        return ("3年", "2年", "1年", "6月")
    return status.periods
