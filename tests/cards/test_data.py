from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.cards import tables
from service.cards.lexicon import legal
from service.cards.periods import parse_period
from service.cards.permissions import authorities, end_of_stay, issuer_change, issuers, permission_types
from service.cards.regions import nationalities, nationality_of_code, prefectures
from service.cards.statuses import neighbours, status, statuses, work_restrictions
from service.cards.tables import Certainty, Window, provenance, table

TRANSLITERATION = "mrz_letters"
"""A map from letters to letters: its one source stands at its head."""
NAMES = sorted(
    path.stem
    for path in (Path(tables.__file__).parent / "data").glob("*.toml")
    if path.stem != TRANSLITERATION
)


def rows(node: Any) -> Iterator[dict[str, Any]]:
    """Every table of rules: those that lie in a list, are a scheme, or say themselves if confirmed."""
    if isinstance(node, list):
        for item in node:
            if isinstance(item, dict) and "bureau" not in item:
                yield item
            yield from rows(item)
    elif isinstance(node, dict):
        if "confirmed" in node:
            yield node
        for item in node.values():
            yield from rows(item)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_says_where_it_comes_from_and_how_sure_it_is(name: str) -> None:
    found = list(rows(dict(table(name))))
    assert found
    for row in found:
        assert provenance(row).source.strip(), row


@pytest.mark.parametrize("name", NAMES)
def test_every_window_is_open_for_at_least_a_day(name: str) -> None:
    for row in rows(dict(table(name))):
        if "since" in row and "until" in row:
            assert row["since"] <= row["until"], row


def test_certainty_bounds() -> None:
    assert provenance({"source": "x", "confirmed": True}).certainty is Certainty.CONFIRMED
    assert provenance({"source": "x", "confirmed": False, "strong": True}).certainty is Certainty.STRONG
    assert provenance({"source": "x", "confirmed": False}).certainty is Certainty.UNCONFIRMED
    with pytest.raises(KeyError):
        provenance({"source": "x"})


def test_window_holds_both_ends() -> None:
    window = Window(date(2020, 1, 2), date(2020, 1, 3))
    days = [date(2020, 1, 1) + timedelta(days=i) for i in range(4)]
    assert [day in window for day in days] == [False, True, True, False]
    assert date(1900, 1, 1) in Window()


def test_statuses_are_complete_and_have_all_that_a_check_needs() -> None:
    assert len(statuses()) == 42
    for item in statuses().values():
        assert item.english
        assert item.category in {"work", "no_work", "designated", "civil", "official"}
        if item.card:
            assert item.work, item.name
            assert item.schemes, item.name
            assert set(item.work) <= set(work_restrictions())
    assert {item.name for item in statuses().values() if not item.card} == {"外交", "公用", "短期滞在"}


@pytest.mark.parametrize(
    ("name", "last_without", "confirmed"),
    [
        ("介護", date(2017, 8, 31), True),
        ("特定技能1号", date(2019, 3, 31), False),
        ("高度専門職2号", date(2015, 3, 31), False),
        ("技術・人文知識・国際業務", date(2015, 3, 31), False),
        ("育成就労", date(2027, 3, 31), False),
    ],
)
def test_start_of_a_status(name: str, last_without: date, confirmed: bool) -> None:
    item = status(name)
    assert item is not None
    assert last_without not in item.window
    assert last_without + timedelta(days=1) in item.window
    assert (item.window_certainty is Certainty.CONFIRMED) is confirmed


def test_status_is_found_in_full_width_print() -> None:
    found = status("高度専門職１号イ")
    assert found is not None
    assert found.name == "高度専門職1号イ"


@pytest.mark.parametrize(
    ("name", "day", "allowed", "refused"),
    [
        ("特定技能1号", date(2025, 9, 29), "1年", "3年"),
        ("特定技能1号", date(2025, 9, 30), "3年", "5年"),
        ("特定技能2号", date(2025, 9, 29), "3年", "2年"),
        ("特定技能2号", date(2025, 9, 30), "2年", "5年"),
        ("留学", date(2014, 6, 10), "4年3月", "4年4月"),
        ("技術・人文知識・国際業務", date(2020, 1, 1), "5年", "4年"),
        ("高度専門職1号ロ", date(2020, 1, 1), "5年", "3年"),
        ("経営・管理", date(2020, 1, 1), "4月", "5月"),
        ("家族滞在", date(2020, 1, 1), "5年", "5年1月"),
        ("永住者", date(2020, 1, 1), "無期限", "5年"),
        ("定住者", date(2020, 1, 1), "3年", "無期限"),
    ],
)
def test_periods_of_a_status(name: str, day: date, allowed: str, refused: str) -> None:
    item, yes, no = status(name), parse_period(allowed), parse_period(refused)
    assert item is not None
    assert yes is not None
    assert no is not None
    schemes = item.schemes_on(day)
    assert len(schemes) == 1
    assert schemes[0].allows(yes)
    assert not schemes[0].allows(no)


def test_neighbours_differ_in_one_kanji_never_in_a_digit() -> None:
    research = status("研究")
    skilled = status("特定技能1号")
    assert research is not None
    assert skilled is not None
    assert "研修" in {item.name for item in neighbours(research)}
    assert neighbours(skilled) == ()


def test_work_texts_are_the_five_and_chip_codes_lack_the_old_one() -> None:
    assert sorted(work_restrictions()) == [0, 1, 2, 3, 9]
    assert {item.chip_code for item in work_restrictions().values()} == {"1", "2", "4", "9", None}
    assert work_restrictions()[2].generations == frozenset({1})


def test_authorities_change_their_names_with_the_agency() -> None:
    last, first = date(2019, 3, 31), date(2019, 4, 1)
    old, new = authorities()["東京入国管理局長"], authorities()["東京出入国在留管理局長"]
    assert last in old.window
    assert first not in old.window
    assert last not in new.window
    assert first in new.window
    assert old.provenance.certainty is Certainty.STRONG
    assert "大阪出入国在留管理局神戸支局長" in authorities()


def test_issuers_change_on_one_day() -> None:
    last, first = date(2019, 3, 31), date(2019, 4, 1)
    assert [name for name, item in issuers().items() if last in item.window] == ["法務大臣"]
    assert [name for name, item in issuers().items() if first in item.window] == ["出入国在留管理庁長官"]
    undecided, certainty = issuer_change()
    assert first in undecided
    assert certainty is Certainty.CONFIRMED


@pytest.mark.parametrize(
    ("kind", "permitted", "period", "first", "last"),
    [
        ("上陸許可", date(2024, 7, 1), "1年", date(2025, 7, 1), date(2025, 7, 1)),
        ("在留資格取得許可", date(2018, 9, 1), "1年", date(2019, 9, 1), date(2019, 9, 1)),
        ("在留資格変更許可", date(2023, 8, 31), "6月", date(2024, 2, 29), date(2024, 2, 29)),
        ("在留期間更新許可", date(2014, 6, 10), "4年3月", date(2018, 7, 9), date(2018, 12, 10)),
    ],
)
def test_end_of_stay(kind: str, permitted: date, period: str, first: date, last: date) -> None:
    term = parse_period(period)
    assert term is not None
    assert end_of_stay(permission_types()[kind], permitted, term) == Window(first, last)


def test_no_end_of_stay_without_a_term() -> None:
    forever, year = parse_period("無期限"), parse_period("1年")
    assert forever is not None
    assert year is not None
    assert end_of_stay(permission_types()["在留資格変更許可"], date(2020, 1, 1), forever) is None
    assert end_of_stay(permission_types()["永住許可"], date(2020, 1, 1), year) is None


def test_nationalities() -> None:
    assert len(nationalities()) >= 199
    assert nationalities()["香港"].anomaly
    for code, name in (("USA", "米国"), ("VNM", "ベトナム"), ("TWN", "台湾"), ("XXX", "無国籍")):
        found = nationality_of_code(code)
        assert found is not None
        assert found.name == name
        assert found.provenance.certainty is Certainty.CONFIRMED
    assert all(len(item.code) == 3 and item.code.isupper() for item in nationalities().values())


def test_prefectures() -> None:
    assert len(set(prefectures())) == 47
    assert prefectures()[0] == "北海道"
    assert prefectures()[-1] == "沖縄県"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("status_of_residence", "留学"),
        ("status_english", "College Student"),
        ("work_restriction", "就労不可"),
        ("period_of_stay", "4年3月"),
        ("period_of_stay", "無期限"),
        ("permission_type", "在留期間更新許可"),
        ("authority", "東京入国管理局長"),
        ("issuer", "法務大臣"),
        ("nationality", "米国"),
        ("sex", "女F."),
    ],
)
def test_lexicon_knows_the_specimen(field: str, text: str) -> None:
    assert text in legal(field)


def test_lexicon_of_an_open_field_is_empty() -> None:
    assert legal("name_latin") == frozenset()
