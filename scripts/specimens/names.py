# ruff: noqa: E501 (a nationality a line reads better than wrapped)
"""Invented people's names, typical of each nationality. No name belongs to a person of ours."""

from __future__ import annotations

__all__ = ["NATIONALITIES", "Naming"]

from dataclasses import dataclass


@dataclass(frozen=True)
class Naming:
    """How people of one nationality are named on a card."""

    nationality: str
    family: tuple[str, ...]
    female: tuple[str, ...]
    male: tuple[str, ...]
    middle: tuple[str, ...] = ()
    """Further parts, put before the given name."""
    kanji_family: tuple[str, ...] = ()
    """Same order as ``family``."""
    kanji_given: tuple[str, ...] = ()
    """Female then male given names in the order above."""
    tones: tuple[int, ...] = (1, 2, 3)
    """Skin tones drawn, 0 lightest ... 7 darkest."""


def _w(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _n(nationality: str, family: str, female: str, male: str, middle: str, tones: str) -> Naming:
    return Naming(
        nationality, _w(family), _w(female), _w(male), _w(middle), tones=tuple(int(t) for t in tones)
    )


def _k(nationality: str, family: str, female: str, male: str, kanji: str, tones: str) -> Naming:
    family_kanji, given_kanji = kanji.split("|")
    return Naming(
        nationality, _w(family), _w(female), _w(male), (), _w(family_kanji), _w(given_kanji),
        tuple(int(t) for t in tones),
    )  # fmt: skip


NATIONALITIES: tuple[Naming, ...] = (
    _k("中国", "WANG LI ZHANG LIU CHEN", "XIAOYAN MEILING JING", "JIANGUO HAOYU WEI",
       "王 李 張 劉 陳|暁燕 美玲 静 建国 浩宇 偉", "123"),
    _k("台湾", "LIN HUANG TSAI WU", "YI-CHUN SHU-FEN", "CHIA-HAO CHUN-HUNG", "林 黄 蔡 呉|怡君 淑芬 家豪 俊宏", "12"),
    _k("韓国", "KIM LEE PARK CHOI", "SEOYEON JIWOO", "MINJUN DOHYUN", "金 李 朴 崔|瑞妍 智友 敏俊 道鉉", "12"),
    _n("ベトナム", "NGUYEN TRAN LE PHAM HOANG", "LINH HUONG NGOC TRANG", "MINH QUANG DUNG TUAN", "THI VAN DUC THANH", "234"),
    _n("フィリピン", "DELA-CRUZ SANTOS REYES BAUTISTA", "MARICEL JOSEPHINE ANGELICA", "JUNREY ROBERTO MARLON", "MAGSAYSAY VILLANUEVA PANGANIBAN", "345"),
    _n("ブラジル", "DA-SILVA TANAKA-OLIVEIRA SOUZA PEREIRA", "FERNANDA LUCIANA BEATRIZ", "RODRIGO THIAGO MARCELO", "APARECIDA HENRIQUE DOS-SANTOS", "12456"),
    _n("ネパール", "GURUNG TAMANG SHRESTHA THAPA", "SABINA PUJA", "BISHAL RAJENDRA", "KUMARI BAHADUR", "345"),
    _n("インドネシア", "SUSANTI WIJAYA PRASETYO", "DEWI RATNA PUTRI", "AGUS BUDI RIZKY", "NUR EKA TRI", "345"),
    _n("米国", "ANDERSON CARTER JOHNSON", "EMILY DENISE", "WILLIAM TYRONE", "GRACE LEE", "01267"),
    _n("英国", "HUGHES WRIGHT OKAFOR", "CHARLOTTE OLIVIA", "GEORGE OLIVER", "ANNE JAMES", "0167"),
    _n("インド", "SHARMA PATEL IYER", "PRIYA ANANYA", "RAHUL VIKRAM", "KUMAR DEVI", "3456"),
    _n("スリランカ", "PERERA FERNANDO WICKRAMASINGHE", "NADEESHA DILINI", "CHAMINDA KASUN", "MUDIYANSELAGE ARACHCHIGE", "456"),
    _n("ミャンマー", "AUNG KYAW THAN", "HNIN SANDAR", "ZAW MIN", "THIDA HTET", "234"),
    _n("タイ", "SRISUWAN CHAIYASIT", "KANOKWAN SUPAPORN", "SOMCHAI ANUCHA", "", "234"),
    _n("バングラデシュ", "HOSSAIN RAHMAN ISLAM", "NASRIN FARHANA", "MOHAMMAD SHAHIDUL", "AKTER UDDIN", "456"),
    _n("パキスタン", "KHAN AHMED MALIK", "AYESHA SANA", "IMRAN BILAL", "BIBI ALI", "345"),
    _n("モンゴル", "BATBAYAR GANBOLD", "OYUNCHIMEG SARNAI", "TEMUUJIN BOLD-ERDENE", "", "12"),
    _n("ペルー", "QUISPE MAMANI FLORES", "ROSA MILAGROS", "JUAN LUIS", "ELENA ALBERTO HUAMAN", "2345"),
    _n("フランス", "MOREAU LEFEBVRE DIALLO", "CAMILLE AMINATA", "JULIEN BAPTISTE", "MARIE PIERRE", "0167"),
    _n("ドイツ", "SCHNEIDER BECKER", "JOHANNA KATHARINA", "FLORIAN MATTHIAS", "SOPHIE ALEXANDER", "01"),
    _n("ナイジェリア", "ADEYEMI OKONKWO", "NGOZI FOLAKE", "CHINEDU BABATUNDE", "OLUWASEUN IFEANYI", "67"),
    _n("ガーナ", "MENSAH OWUSU", "AKOSUA ABENA", "KWAME KOFI", "SERWAA BOATENG", "67"),
    _n("ロシア", "PETROVA-SMIRNOVA VOLKOV", "ANASTASIIA EKATERINA", "DMITRII MAKSIM", "", "01"),
    _n("ウクライナ", "KOVALENKO BONDARENKO", "OLENA IRYNA", "ANDRII TARAS", "", "01"),
    _n("オーストラリア", "MITCHELL NGUYEN", "CHLOE HANNAH", "LACHLAN JACK", "ROSE THOMAS", "0127"),
    _n("トルコ", "YILMAZ OZTURK", "ELIF ZEYNEP", "MEHMET EMRE", "", "123"),
    _n("パレスチナ", "ABU-HASSAN KHALIL", "LEILA RANIA", "YOUSEF OMAR", "", "234"),
    _n("カンボジア", "SOK CHEA", "SREYMOM BOPHA", "VANNAK RITHY", "", "345"),
)  # fmt: skip
