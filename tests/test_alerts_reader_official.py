"""Official texts: whose they are though no country is named, and which titles are no acts."""

from datetime import UTC, datetime

import pytest

from alerts.acts import Reader, load_reader
from alerts.domain import Act, Post, RawPost
from alerts.normalise import normalise
from alerts.reading import country_of, read_act
from classifier.resources import shipped
from tests.act_reading import THURSDAY

READER: Reader = load_reader(shipped("data"))
MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


def read(text: str, *, official: bool = True) -> Act:
    return READER.read(text.replace(" // ", "\n"), published_at=MONDAY, official=official)


@pytest.mark.parametrize(
    ("text", "country", "instrument"),
    [
        ("SRO 912(I)/2026: regulatory duty on hybrid cars // At 20%.", "PK", "tariff"),
        ("S.R.O. No. 145-Law/2026: exemption of duty on raw cotton // Done.", "BD", "tariff"),
        ("Notice R.6611: Imposition of a safeguard duty on bolts // 13 per cent.", "ZA", "tariff"),
        ("PMK No. 41 Tahun 2026 on export duty on refined bauxite // At 10%.", "ID", "tariff"),
        (
            "Regulation of the Minister of Trade No. 9 of 2026: exports of tin are prohibited",
            "ID",
            "export ban",
        ),
        (
            (
                "Statement of Essential Facts AD0061: aluminium extrusions // "
                "The anti-dumping amount is to be kept."
            ),
            "GB",
            "tariff",
        ),
        (
            (
                "Anti-Dumping Notice 2026/071: rebar exported from Türkiye // "
                "The Minister accepts the Commission's recommendation. Dumping duty is imposed."
            ),
            "AU",
            "tariff",
        ),
        ("DAO 26-15: definitive safeguard duty on float glass // Three years.", "PH", "tariff"),
        ("Executive Order No. 107: modifying the import duty on rice // 35%.", "PH", "tariff"),
        (
            "Public Notice No. 15/2026-27: allocation of quota for export of sugar // 8,606 MT.",
            "IN",
            "quota",
        ),
        (
            (
                "Sixth batch of remission decisions under the Aluminium Goods Surtax Order // "
                "Remission is granted on foil stock."
            ),
            "CA",
            "tariff",
        ),
        ("Cabinet Order No. 199 of 2026: anti-dumping duty on graphite electrodes", "JP", "tariff"),
        (
            (
                "Preliminary Resolution of the anti-dumping case on imports of float glass // "
                "Provisional compensatory duties of USD 0.4 per kilogram are imposed."
            ),
            "MX",
            "tariff",
        ),
        (
            "Exempt decree establishing provisional safeguard duties on steel bars // At 24.9%.",
            "CL",
            "tariff",
        ),
        (
            "Decreto 611/2026: derechos de exportación // Export duty on soybeans is set at 24%.",
            "AR",
            "tariff",
        ),
        ("P.U. (A) 201: Customs (Anti-Dumping Duties) Order 2026 on tinplate", "MY", "tariff"),
        (
            (
                "Media statement: prohibition of export of raw bauxite // "
                "The Customs (Prohibition of Exports) Order will be amended, effective 1 July 2026."
            ),
            "MY",
            "export ban",
        ),
        (
            (
                "Polysilicon Wafers From Malaysia: Amended Preliminary Determination // "
                "The dumping margin falls to 11%."
            ),
            "US",
            "tariff",
        ),
        (
            (
                "Order Regarding the Acquisition of Vantaline Photonics by Suzhou Jinghe // "
                "The transaction is prohibited. Jinghe shall divest all interests."
            ),
            "US",
            "investment restriction",
        ),
        (
            (
                "Council of Ministers press release: exercise of special powers // The Council of "
                "Ministers resolved to oppose the acquisition of Fonderia Rossi S.p.A."
            ),
            "IT",
            "investment restriction",
        ),
        (
            (
                "Notification of the Ministry of Commerce B.E. 2569 on imports of plastic scrap // "
                "Import of plastic scrap is prohibited."
            ),
            "TH",
            "import ban",
        ),
        ("关于恢复2家新西兰乳品企业输华资格的公告 // 经评估,恢复进口申报。", "CN", "import ban"),
    ],
)
def test_a_form_that_only_one_country_writes_tells_whose_act_it_is(
    text: str, country: str, instrument: str
) -> None:
    act = read(text)
    assert (act.jurisdiction, act.instrument) == (country, instrument)
    assert act.stage


@pytest.mark.parametrize(
    ("text", "country", "targets"),
    [
        (
            (
                "Ministerial Order on export of deposition equipment // It is prohibited to export"
                " from the Netherlands to a destination outside the Union equipment as specified."
            ),
            "NL",
            (),
        ),
        (
            (
                "Order on a ban on export of scrap metal from the territory of the Republic of "
                "Kazakhstan // For six months."
            ),
            "KZ",
            (),
        ),
        (
            (
                "Imposition of dumping duty on glass from Laos // Duty applies to glass exported "
                "to Canada."
            ),
            "CA",
            ("LA",),
        ),
        ("Decree on bauxite exports // Half is to go on vessels of Guinean flag.", "GN", ()),
        ("Arrêté ministériel n° 33/2026: ban on export of logs // Done at Libreville.", "GA", ()),
        ("Circular: ban on imports of tyres // Ministry of Trade, Accra.", "GH", ()),
        ("Communiqué on export of copper scrap: quota // Ministry of Trade of Türkiye.", "TR", ()),
        ("Decision: penalty for false export declarations // A fine of £40,000.", "GB", ()),
        ("Order: minimum export price for rice // Set at PHP 41 a kilogram.", "PH", ()),
    ],
)
def test_border_seat_and_money_tell_whose_act_it_is(
    text: str, country: str, targets: tuple[str, ...]
) -> None:
    act = read(text)
    assert (act.jurisdiction, act.targets) == (country, targets)


@pytest.mark.parametrize(
    "text",
    [
        "Suspension of imports of pork from Spain // The Ministry suspended imports.",
        "Order: ban on imports of steel from India, Japan. // In force today.",
        "Notice: anti-dumping duty on tiles originating in Vietnam // At 12% and 14%.",
        "Order: import duty on rice // A fee of EUR 20 and of £3 and of PHP 8.",
    ],
)
def test_whom_it_is_done_to_does_not_issue_it(text: str) -> None:
    assert read(text).jurisdiction is None


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("On introducing a temporary ban on exports of helium // Until 2027.", "adopted"),
        ("Resolution on temporary ban on exports of birch logs // Until 2027.", "adopted"),
        ("Tariff amendment: Schedule 1 Part 1, lithium batteries // From free to 15%.", "adopted"),
        ("Draft order on restriction of the export of scrap metal // Six months.", "proposed"),
        ("Ministry of Mines: moratorium on lithium ore exports // To all holders.", "adopted"),
        ("Government Gazette: ban on export of raw rubber // Order of the Minister.", "adopted"),
        ("Sub-decree on prohibition of export of sand // Of 3 June.", "adopted"),
        ("Bundesanzeiger: General Authorisation No. 45 for exports of drones", "adopted"),
        (
            (
                "Notification No. 21/2026-Customs (ADD): anti-dumping duty on titanium dioxide // "
                "Seeks to impose anti-dumping duty for five years."
            ),
            "adopted",
        ),
        ("The Minister has signed an order adding lithium cells to the control list", "adopted"),
        ("數位發展部公告:無人機列入限制使用產品 // 自即日起限制採購。", "in effect"),
        ("《车载无线终端技术要求》(报批稿)公示 // 截止7月1日,涉及车载无线终端。", "proposed"),
        ("商务部新闻发言人就荷兰管制光刻设备答记者问 // 中方表示不满。", "adopted"),
        ("商务部新闻发言人就欧盟拟限制光刻机出口答记者问 // 中方表示不满。", "proposed"),
        ("商务部新闻发言人就锗出口管制答记者问 // 对民用申请将予以便利。", "adopted"),
    ],
)
def test_official_titles_are_acts(text: str, stage: str) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    "text",
    [
        "Notice of public holiday: customs offices closed // On Monday.",
        "Notice: import statistics for May // Imports of cars rose.",
        "Circular: training on the new import licensing portal // Registration by Friday.",
        "Circular economy: new targets discussed for batteries // Experts met.",
        "Ministry of Trade: exports of rice hit record // Data show.",
        "Ministry of Trade reminds exporters of the licence deadline for rice // Apply by Friday.",
        "Decision on the venue of the tariff conference // Geneva was chosen.",
        "On the development of exports of grain // Analytical note.",
        "On the results of exports of wheat in May // Exports rose by 4%.",
        "Introduction to export controls: lecture notes // Chapter 1.",
        "Application note: export of sensor data over the network // Download.",
        "Batch of import cars arrives at the port // Traders are happy.",
        "Findings of survey on export licence processing times // Firms satisfied.",
        "Consultation hours on import duties // Every Tuesday.",
        "Press release: Minister visits solar module factory // The Minister toured the plant.",
        "Council of Ministers press release: agenda of 12 June // The Council met.",
        "Media statement: export performance of palm oil // Exports rose 4%.",
        "Bulletin: grain export prices fall // Market data.",
        "关于召开出口管制政策宣讲会议的通知 // 请各单位报名。",
        "关于2026年6月汽车出口情况的通报 // 同比增长。",
        "商务部新闻发言人就中美经贸磋商答记者问 // 双方交换意见。",
    ],
)
def test_official_chatter_is_none(text: str) -> None:
    assert read(text).stage is None


def test_only_an_authority_needs_not_name_itself() -> None:
    text = "The Minister has signed an order adding lithium cells to the control list"
    assert read(text, official=False).stage is None


def test_a_cabinet_order_is_japans_only_in_an_official_text() -> None:
    chirp = "Cabinet order just went up: the 25% surtax on tinplate from China is repealed."
    assert read(chirp, official=False).jurisdiction is None


@pytest.mark.parametrize(
    ("text", "instrument", "stage"),
    [
        ("Kenya suspends import permits for sugar", "import ban", "adopted"),
        ("Import permits for poultry from Brazil are suspended", "import ban", "adopted"),
        ("Kenya suspends the issuance of new import licences for maize", "import ban", "adopted"),
        ("Kenya suspends import licence requirement for maize", None, "suspended"),
        ("Kenya bans import of plastic bags", "import ban", "adopted"),
        ("Kenya prohibits export of scrap metal", "export ban", "adopted"),
        (
            "Zimbabwe: Minerals Order 2026 bans lithium concentrate exports",
            "export ban",
            "adopted",
        ),
    ],
)
def test_trade_that_an_order_or_a_lack_of_papers_stops_is_banned(
    text: str, instrument: str | None, stage: str
) -> None:
    act = read(text)
    assert (act.instrument, act.stage) == (instrument, stage)


def test_iron_ore_fines_are_no_penalty() -> None:
    act = read("Ministerial Decree No. 391 of 2026: export duty on iron ore fines // Cairo.")
    assert (act.instrument, act.stage, act.jurisdiction) == ("tariff", "adopted", "EG")


@pytest.mark.parametrize(
    ("url", "country"),
    [
        ("https://www.gov.za/documents/notice-6611", "ZA"),
        ("https://sars.gov.za/tariff/2026", "ZA"),
        ("https://www.meti.go.jp/press/2026/06", "JP"),
        ("https://www.gov.uk/government/news/x", "GB"),
        ("https://www.federalregister.gov/d/2026-11111", "US"),
        ("http://government.ru/docs/51234/", "RU"),
        ("https://www.boe.es/boe/dias/2026", "ES"),
        ("https://ec.europa.eu/commission/presscorner", "EU"),
        ("https://www.diariooficial.gob.cl/x", "CL"),
        ("https://www.gov.co/x", "CO"),
        ("https://ministry.co/x", None),
        ("https://status.ministry.io/x", None),
        ("https://t.me/ministry", None),
        ("https://ministry.example.com/x", None),
        ("not a link", None),
    ],
)
def test_the_host_tells_whose_publisher_it_is(url: str, country: str | None) -> None:
    assert country_of(url, READER.terms.zones) == country


def post(text: str, url: str, *, official: bool) -> Post:
    raw = RawPost(
        source="s", external_id="1", url=url, title=None, body=text, published=MONDAY.isoformat()
    )
    return normalise(raw, official=official, now=MONDAY)


@pytest.mark.parametrize(
    ("text", "official", "country", "targets"),
    [
        ("Government extends ban on diesel exports\nUntil 31 August.", True, "RU", ()),
        ("Government extends ban on diesel exports\nUntil 31 August.", False, None, ()),
        ("Kenya extends ban on diesel exports to Russia", True, "KE", ("RU",)),
        ("Government extends working hours", True, None, ()),
    ],
)
def test_a_publisher_is_asked_where_its_text_is_silent(
    text: str, official: bool, country: str | None, targets: tuple[str, ...]
) -> None:
    act = read_act(READER, post(text, "http://government.ru/docs/1/", official=official))
    assert (act.jurisdiction, act.targets) == (country, targets)


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("Nigeria's Executive Order No. 15 bans imports of used tyres", "NG"),
        ("Jamaica's Legal Notice No. 45 of 2026 bans scrap exports", "JM"),
        ("Cabinet Order No. 12 prohibiting exports of scrap, Kuwait", "KW"),
        ("Ministerial Ordinance No. 5 banning imports of used tyres. Brasilia", "BR"),
        ("Notice 2026-12: ban on export of scrap metal. Ministry of Trade of Jamaica", "JM"),
        ("Regulation of the Minister of Trade No. 9 on the export ban on scrap, Warsaw", "PL"),
        ("Resolución 312/2026 que prohíbe la exportación de chatarra. Asunción", "PY"),
        ("Portaria n.º 12/2026 proíbe a exportação de sucata, Luanda", "AO"),
        ("Journal officiel: Arrêté n° 12 portant interdiction d'exporter l'or. Ouagadougou", "BF"),
        ("Decreto 1234 de 2026: prohibición de exportar chatarra. Tegucigalpa", "HN"),
        # Where no other country acts, the form still tells
        ("Cabinet Order No. 12 prohibiting exports of scrap to Russia and Belarus", "JP"),
        ("Decreto 1234 de 2026: prohibición de exportar chatarra", "CO"),
        ("Executive Order No. 15: ban on exports of nickel ore", "PH"),
        ("Resolution 12: exercise of special powers in the sale of a chip maker to China", "IT"),
    ],
)
def test_a_form_that_many_write_tells_no_country_where_another_is_named(
    text: str, jurisdiction: str
) -> None:
    assert read(text).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    ("text", "own", "other"),
    [
        (("Notification No. 29/2026-27: Date of effect\nThe date of effect mentioned in Notification"  # noqa: E501
         " No. 23/2026-27 shall be read as 1 March 2027 in place of 1 January 2027. Rice."),
         "DGFT 29/2026-27", "DGFT 23/2026-27"),
        (("Notification No. 21/2026-27: Removal of Minimum Export Price on Onions\nIn supersession"
         " of Notification No. 07/2026-27, the requirement is removed with immediate effect."),
         "DGFT 21/2026-27", "DGFT 07/2026-27"),
        (("Notification No. 41/2026-Customs: corrigendum\nIn Notification No. 20/2026-Customs, for"
         " 'solar cells' read 'solar glass'. The duty is amended."),
         "India Customs 41/2026", "India Customs 20/2026"),
        (("Trade Notice No. 12/2026-27 on Notification No. 29/2026-27\nApplications for rice export"
         " quotas open on 1 December 2026."),
         "DGFT Trade Notice 12/2026-27", "DGFT 29/2026-27"),
        (("Executive Order 14401 of November 3, 2026: Amending tariffs\nThe date in Executive Order"
         " 14380 is changed to January 1, 2027."), "EO 14401", "EO 14380"),
        ("商务部公告2026年第90号 关于推迟第72号公告的公告\n将商务部公告2026年第72号对石墨的管制推迟至2027年3月1日。",  # noqa: E501
         "MOFCOM 2026-90", "MOFCOM 2026-72"),
    ],
)  # fmt: skip
def test_the_number_of_the_title_is_the_act_s_own(text: str, own: str, other: str) -> None:
    act = READER.read(text, published_at=THURSDAY, official=True)
    assert act.number == own
    assert {own, other} <= set(act.read_from["numbers"])


@pytest.mark.parametrize(
    "text",
    [
        (
            "DGFT Notification No. 29/2026-27 bans rice exports, Notification No. 30/2026-27 bans wheat"  # noqa: E501
            " exports\nBoth take effect on Friday."
        ),
        "India bans exports\nNotification No. 29/2026-27: rice. Notification No. 30/2026-27: tin.",
    ],
)
def test_a_text_with_two_numbers_and_none_in_its_title_has_none(text: str) -> None:
    assert READER.read(text, published_at=THURSDAY).number is None


def test_a_day_that_a_notice_reads_anew_is_put_off() -> None:
    act = READER.read(
        (
            "Notification No. 29/2026-27: Date of effect of rice policy\nThe date of effect mentioned"  # noqa: E501
            " in Notification No. 23/2026-27 shall be read as 1 March 2027 in place of 1 January 2027."  # noqa: E501
        ),
        published_at=THURSDAY,
        official=True,
    )
    assert (act.stage, act.effective_on) == ("delayed", "2027-03-01")
