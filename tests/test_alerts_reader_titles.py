"""Official texts that open with the title of an act, which needs no verb."""

from datetime import UTC, datetime

import pytest

from alerts.acts import Reader, load_reader
from alerts.domain import Act
from alerts.reader.terms import fold
from alerts.reader.titles import title_end
from classifier.resources import shipped

READER: Reader = load_reader(shipped("data"))
MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


def read(text: str) -> Act:
    return READER.read(text, published_at=MONDAY)


@pytest.mark.parametrize(
    ("title", "body", "stage"),
    [
        (
            "Department Administrative Order No. 26-11: provisional safeguard on glass containers",
            "PHP 12 per kilogram.",
            "adopted",
        ),
        (
            "Regulation of the Minister of Trade No. 9 of 2026 on the Export of Bauxite",
            "In force 30 days after promulgation.",
            "adopted",
        ),
        (
            "Ceramic Tiles From Lebanon: Amended Final Determination",
            "An error is corrected.",
            "adopted",
        ),
        (
            "Ceramic Tiles From Lebanon: Postponement of Final Determination",
            "The final determination is postponed to 4 August.",
            "delayed",
        ),
        ("Ceramic Tiles From Lebanon: final days of the fair", "It closes on 4 August.", None),
        (
            "Statement by the Minister of Industry on the review of Borealis Motors Ltd",
            "Order made under the Act, of Canada.",
            "adopted",
        ),
        ("Statement by the Minister of Industry of Canada on the cup final", "Well played.", None),
        (
            "Ferrochrome (Quality Control) Order, 2026",
            "Goods shall bear the Standard Mark.",
            "adopted",
        ),
        (
            "Adjusting Imports of Marine Engines into the United States: A Proclamation",
            "By the authority vested in me.",
            "adopted",
        ),
        (
            "Notice of initiation of an anti-dumping proceeding on imports of glass fibre yarn",
            "A complaint was lodged on 3 May.",
            "adopted",
        ),
        (
            "Decreto 212/2026 por el que se fija el arancel a las celdas solares",
            "Diario Oficial.",
            "adopted",
        ),
        (
            "Peraturan Menteri Keuangan Nomor 71 Tahun 2026 on Export Duty on Bauxite",
            "",
            "adopted",
        ),
        (
            "Invitation for comments: draft amendment to the ministerial ordinance on goods",
            "Ion implanters of more than 200 keV.",
            "proposed",
        ),
        ("Statement of Essential Facts AD0071: glass fibre from China", "", "proposed"),
        (
            "Office Memorandum: amendment to the order on solar cells",
            "The effective date stands revised from 01.06.2028 to 01.06.2029.",
            "delayed",
        ),
        ("关于公开征求《芯片进口管理办法》意见的通知", "", "proposed"),
        ("Notice of Modification of Action: China's Targeting of Shipbuilding", "", "adopted"),
        ("Revocation of the notice on export duties on bauxite", "Done at Accra.", "withdrawn"),
        (
            "Amendment to Proclamation 11999",
            "The date from which engines are subject to the duty is changed from July 1 to May 1.",
            "delayed",
        ),
        (
            "低空飞行器数据出境管理规定（国家互联网信息办公室令第31号）",
            "自2026年12月1日起施行。",
            "adopted",
        ),
        (
            "修正「國家核心關鍵技術項目及其技術主管機關」公告",
            "增列矽光子封裝技術，自公告日生效。",
            "adopted",
        ),
    ],
)  # fmt: skip
def test_the_title_of_an_act_is_the_act(title: str, body: str, stage: str) -> None:
    assert read(f"{title}\n\n{body}".strip()).stage == stage


@pytest.mark.parametrize(
    "text",
    [
        "Order No. 24: fines go up to 5% of turnover, the ministry reminds tin exporters",
        "Regulation No. 14 on tin exports: what it means for smelters",
        "Notice of Open Meeting of the Advisory Committee on semiconductors",
        "Anyone who orders 2,100 rad-hard chips should have raised a flag",
        "Exchange announcement pursuant to Rule 13.09 of a chip maker",
        "Order of 24 excavators for a nickel mine",
        "Notice to shareholders of a tin smelter\n\nThe meeting is on 3 June.",
        "Amendment of the lease on a chip plant\n\nRent goes up.",
        "Final Order of the Phoenix is back, and so are the memory prices",
        "关于低空飞行器数据出境管理规定（令第31号）的解读",
        "Ferrochrome (Quality Control) Order, 2026: is it a good idea?",
        "Decreto was the name of the horse, semiconductor was the jockey's phone",
    ],
)
def test_what_only_sounds_like_a_title_is_no_act(text: str) -> None:
    assert read(text).stage is None


def test_a_title_of_other_matters_is_no_act() -> None:
    assert title_end("ministerial order no. 14 of 2026 on the opening hours of museums") > 0
    assert read("Ministerial Order No. 14 of 2026 on the opening hours of museums").stage is None


def test_a_title_ends_with_its_line() -> None:
    text = "ferrochrome (quality control) order, 2026\n\ngoods shall bear the mark."
    assert text[: title_end(text)] == "ferrochrome (quality control) order, 2026"
    assert title_end("tin smelters shut\n\norder no. 14 of 2026") == 0


@pytest.mark.parametrize(
    ("text", "instrument"),
    [
        ("Regeling houdende een vergunningplicht voor de uitvoer van lasers", "export licence"),
        ("Arrêté n° 12/2026 portant suspension de l'exportation de cobalt", "export ban"),
        ("Regulation No. 6 of 2026\n\nTin ingots may not be exported from July.", "export ban"),
        ("Order No. 7 of 2026\n\nTin ingots may not be imported from July.", "import ban"),
        ("Import Alert 66-40: addition of a maker of heparin", "import ban"),
        ("Notice of Designation of Chinese Military Companies", "entity listing"),
        ("修正「國家核心關鍵技術項目」公告\n\n增列矽光子封裝技術", "control-list change"),
        ("經濟部公告：增列不准輸入之大陸物品\n\n專供無人機使用之電池", "import ban"),
    ],
)
def test_titles_name_their_instrument_in_words_of_law(text: str, instrument: str) -> None:
    assert read(text).instrument == instrument


@pytest.mark.parametrize(
    "title",
    [
        "The Widgets and Sprockets (Quality Control) Order, 2026",
        "Adjusting Imports of Glass Jars: A Proclamation",
        "商务部 海关总署公告第12号：关于钢材",
        "关于公开征求《出口管制物项清单》意见的通知",
        "修正「战略性高科技货品种类」",
    ],
)
def test_what_is_asked_first_keeps_no_title_back(title: str) -> None:
    assert title_end(title.lower().replace("：", ":")) == len(title)


@pytest.mark.parametrize(
    "first", ["The widgets are in good order, mostly", "商务部公告很长很长很长"]
)
def test_what_is_no_title_is_none(first: str) -> None:
    assert title_end(fold(first)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "Collection of import duties in Roman times",
        "Collection of import duties in the nineteenth century",
        "Payment of import duties: frequently asked questions",
        "Payment of import duties: a guide",
        "Resolution for 2027: import less plastic",
        "Final findings of the study on imports of tea",
        "Ministry of Economy: exports to Germany increased, imports reduced",
        "Ministry of Economy: increase in exports to Germany",
        "公司关于获得政府补贴的公告",
        "公司关于子公司取得药品许可的公告",
        "关于恢复对日团队游的通知",
        "关于限制进口影片排片的通知",
        "关于暂停进口奶茶店营业的通知",
    ],
)
def test_history_advice_figures_and_firms_notices_are_no_acts(text: str) -> None:
    act = read(text)
    assert (act.stage, act.instrument) == (None, None)


@pytest.mark.parametrize(
    ("text", "instrument"),
    [
        ("Collection of export duty on sand from 1 July 2026", "tariff"),
        ("Ministry of Economy: customs duty on wheat reduced", "tariff"),
        ("Ministry of Economy: exports of wheat restricted", "export restriction"),
        ("关于禁止进口日本水产品的公告", "import ban"),
        ("商务部关于对原产于日本的光刻胶征收反倾销税的公告", "tariff"),
    ],
)
def test_titles_of_acts_beside_them_stay_so(text: str, instrument: str) -> None:
    assert read(text).instrument == instrument
