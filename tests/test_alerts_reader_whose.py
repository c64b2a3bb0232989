"""Whose act a text tells of: who acts, who only answers, suffers, lends a name or came before."""

import pytest

from tests.act_reading import read


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        (
            (
                "Resolution on the anti-dumping investigation on ropes originating in China\n"
                "Definitive countervailing quotas of USD 0.40 per kilogram are imposed."
            ),
            "MX",
        ),
        ("Ordinance on anti-dumping duties on tin foil from Japan\nDuties of 21% apply.", None),
        ("中国驻法国使馆发言人就法国制裁中国实体答记者问", "FR"),
        ("中国的商务部宣布对原产于日本的光刻胶征收反倾销税", "CN"),
        ("China widens export ban after the EU quota on gallium", "CN"),
    ],
)
def test_a_measure_is_that_of_the_country_on_its_line(text: str, jurisdiction: str | None) -> None:
    assert read(text).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Jakarta bans exports of raw tin under ministerial regulation 8/2026", None),
        ("Government Regulation 28/2025 stops exports of nickel ore, Jakarta says", None),
        ("Kampala's Government Regulation 2026/12 bans exports of chrome", None),
        ("Regulation 7/2013 on rice imports is revoked by Indonesia", None),
        ("Regulation (EU) 2026/1987 bans exports of lathes to Russia", "EU 2026/1987"),
        ("Implementing Regulation 2026/1987 imposes duties on tyres", "EU 2026/1987"),
        ("EU widens Regulation 833/2014 to ban exports of lathes", "EU 2014/833"),
        ("s.26 final order under the NSI Act blocks a wafer takeover", None),
        ("S. 26, a Senate bill to bar Chinese drones, is introduced", "S. 26"),
        ("S. 3150 would bar exports of chips to China", "S. 3150"),
        ("The s. 301 tariff on chips is raised to 50%", None),
        (
            "不可靠实体清单工作机制就〔2026〕6号公告有关企业申请作出说明，暂停适用措施90天",
            "Unreliable Entity List Mechanism 2026-6",
        ),
        ("OFAC designates nine Hong Kong firms over drone parts. Executive Order 14024.", None),
        ("Trump signs Executive Order 14999 banning drone imports", "EO 14999"),
        ("NIST seeks input on section 7.1(b) of Executive Order 14110 on exports of AI", None),
        ("In compliance with Executive Order 14110, NIST bans exports of AI models", None),
        (
            "US bans imports of drones. " * 10 + "By Proclamation 10947 he bans motors too.",
            "Proclamation 10947",
        ),
        # What agencies still act on stands further below.
        ("US bans imports of drones. " * 10 + "It acts on Executive Order 14110.", None),
        ("US bans imports of drones. " * 10 + "It was told to by Executive Order 14110.", None),
    ],
)
def test_a_number_is_of_the_nation_that_numbers_so(text: str, number: str | None) -> None:
    assert read(text).number == number


@pytest.mark.parametrize(
    ("text", "jurisdiction", "authority"),
    [
        (
            (
                "The International Trade Administration, Ministry of Economic Affairs, adds"
                " nine firms of Iran to the Strategic High-Tech Commodities Entity List"
            ),
            "TW",
            "TITA",
        ),
        ("越南第12号法令：核心数据出境须公安部评估", "VN", "Vietnam Public Security Ministry"),
        ("公安部：明年起核心数据出境须评估", "CN", "MPS"),
        ("越南第12号令：核心数据出境须评估，明年起生效", "VN", None),
        ("Australia passes reserve law\nThe Senate approved a ban on antimony exports", "AU", None),
        ("MANILA - The Senate approved a bill banning nickel ore exports", "PH", None),
        ("Senate in Manila passes ban on nickel ore exports", "PH", None),
        ("NEW DELHI - The commerce ministry extended the ban on sugar exports", "IN", None),
        ("BEIJING - The commerce ministry banned exports of gallium", "CN", "MOFCOM"),
        ("TOKYO - China's commerce ministry banned exports of gallium to Japan", "CN", "MOFCOM"),
        ("Senate panel approves ban on exports of chips to China", "US", "Congress"),
        ("Trump's Canada tariffs on steel: Senate approves a repeal of the duty", "US", "Congress"),
        ("Commission ends duty on Japanese film, the KTC said", "KR", "KTC"),
        ("Commission imposes duty on Japanese film", "EU", "Commission"),
        ("印度9月起限制进口磁铁，工厂须过BIS认证", "IN", None),
        ("BIS adds 11 firms in India to the Entity List", "US", "BIS"),
        ("总局立案调查美企弧光，涉芯片搭售", "CN", None),
        ("越南国家能源总局禁止进口旧光伏组件", "VN", None),
        ("Zimbabwe: statutory instrument bans exports of chrome ore", "ZW", None),
        ("Statutory instrument bans exports of chrome ore to Russia from London", "GB", None),
    ],
)
def test_an_office_that_many_countries_have_is_that_of_the_country_named(
    text: str, jurisdiction: str, authority: str | None
) -> None:
    act = read(text)
    assert (act.jurisdiction, act.authority) == (jurisdiction, authority)


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("Japan spared from US copper tariff", "US"),
        ("Thailand escapes US duties on foil trays as panel finds imports negligible", "US"),
        ("Vietnam wins exemption from US steel tariffs", "US"),
        ("Thailand joins Vietnam in US battery cases as Commerce opens a probe", "US"),
        ("Vietnamese foil trays hit with final dumping duties, the ITC says", "US"),
        ("Korea's steel also dumped, Canadian tribunal finds", "CA"),
        ("工信部：美方禁止中国路由器认证毫无事实依据", "US"),
        ("商务部：欧盟对逆变器反补贴立案，中方强烈不满", "EU"),
        ("日本政府：对中方光刻胶初裁“深表遗憾”", "CN"),
        ("国台办：民进党当局把大陆企业列入管制名单损人不利己", "TW"),
        ("商务部：对原产于日本的光刻胶实施反倾销措施", "CN"),
        ("Japan faces a choice as it imposes export licences on photoresist", "JP"),
        ("Canada vows to ban imports of Chinese steel", "CA"),
    ],
)
def test_who_only_answers_or_suffers_an_act_does_not_act(text: str, jurisdiction: str) -> None:
    assert read(text).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    "text",
    [
        'China vows "necessary measures" over US quantum listings',
        "商务部：中方将对华虹被列实体清单采取必要措施",
        "Tokyo weighs WTO complaint over Chinese resist case",
        "Bangkok vows to defend battery makers in Washington over US duties",
        "Seoul to raise Chinese photoresist probe at ministers' talks",
    ],
)
def test_what_somebody_may_do_about_another_s_act_is_no_act(text: str) -> None:
    assert read(text).stage is None


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("外交部：反对美方以涉俄为由制裁中国企业", "home:US"),
        ("日本官房长官：要求中方撤回对日企的两用物项出口禁令", "home:CN"),
        ('Tokyo calls Chinese resist probe "regrettable"', "home:CN"),
        ("商务部：将对美方企业采取反制措施", "home:CN"),
    ],
)
def test_an_answer_is_about_the_country_whose_act_it_answers(text: str, home: str) -> None:
    assert home in read(text).mentions


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("AI伺服器出口大馬要許可證 貿易署今公告", "TW"),
        ("绕道越南这条路印度也堵了，临时税18个点", "IN"),
        ("阿联酋G42获准采购芯片 美国商务部再发许可", "US"),
        ("美国某模拟公司涉嫌垄断被立案调查 市场监管总局通报", "CN"),
        ("越南、泰国同日被301，美国贸易代表开两案", "US"),
        ("里斯本地铁24列车，华夏报价低三成，欧盟就查补贴", "EU"),
        ("美国刚反倾销初裁，欧盟又立案", "EU"),
        ("上周是日本，这周韩国光刻胶也被反倾销立案", None),
        ("日本的酚醛树脂被反倾销立案了", None),
        ("巴西那三个厂号停了，海关总署不让进口牛肉", "CN"),
        ("大连、香港又有九家上了美财政部名单", "US"),
        ("诺凡吃下芬兰海瓦激光没报备，总局翻旧账立案", "CN"),
        ("绕比什凯克进莫斯科的芯片，布鲁克林检方起诉三人", "US"),
        ("Two dozen mainland names put on Taiwan's entity list", "TW"),
        ("Last exemption in EU's 21st Russia package ends", "EU"),
        ("Ethiopia solar CVD: rate amended, Commerce says", "US"),
        ("China's mask shops on Tokyo's draft export rule", "JP"),
        ("Zircon sand may not leave Indonesia after June 30", "ID"),
        ("Robots lose chips: their Chinese eyes are barred by the FCC", "US"),
        ("键合机也要批许可证出口了，荷兰这是把封装也补上", "NL"),
        ("老DUV升级软件要出口许可，都要海牙点头", "NL"),
        ("四寸氧化镓衬底出口许可都要日本批", "JP"),
        ("印尼2027年起禁止出口锡锭", "ID"),
        ("明尼苏达激光企业因向中国高校出口被罚280万美元", "US"),
        ("卖质谱仪给长春的，麻省这家公司被罚四百万刀", "US"),
        ("印尼的锡锭2027年起禁止出口", "ID"),
        ("客车也要查补贴，欧盟是真没别的招了", "EU"),
        ("逆变器附加税多交四分之一，丹麦人先哭", None),
        ("Bonders now need a Dutch stamp: export licences from January", "NL"),
        ("Hafnium precursors now need an export permit out of China", "CN"),
        ("As of today no hafnium leaves a Chinese port without an export licence", "CN"),
        ("Ningbo customs seizes bearings under the export ban", "CN"),
        ("DJI says proposed US import ban punishes users", "US"),
        ("China protests, Brazil frets, EU imposes duties on tyres", "EU"),
        ("India bans exports of rice", "IN"),
        ("印度禁止大米出口", "IN"),
        ("中国对原产于越南的胶合板征收反倾销税", "CN"),
        ("美国商务部对越南胶合板发起反倾销调查", "US"),
        ("Two US officials say Washington will ban drone imports", "US"),
        ("印尼镍矿出口配额下调三成", "ID"),
        ("加拿大也管车联网，中国写的代码禁止进口", "CA"),
        ("摄像头进印度要许可", "IN"),
    ],
)
def test_ends_ways_origins_and_those_before_do_not_act(text: str, jurisdiction: str | None) -> None:
    assert read(text).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    ("text", "jurisdiction", "targets"),
    [
        ("Canada's Teck turns down a stake sale in its germanium plant to China", None, ("CN",)),
        ("Korea's Posco halts lithium exports to China", None, ("CN",)),
        ("Canada's cabinet turns down China's bid for a lithium mine", "CA", ("CN",)),
        ("India's Modi suspends the export duty on rice", "IN", ()),
        ("Mexico's Ebrard sets a 25% duty on Chinese steel", "MX", ("CN",)),
    ],
)
def test_a_country_before_its_firm_does_not_act(
    text: str, jurisdiction: str | None, targets: tuple[str, ...]
) -> None:
    act = read(text)
    assert act.jurisdiction == jurisdiction
    assert set(targets) <= set(act.targets)


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("印度初裁建议对中国隔膜征收反倾销税，由印度财政部决定是否征收", None),
        ("五角大楼之后是商务部：长鑫进口设备要许可", "Commerce"),
        ("两周前是FCC，今天轮到商务部：机器狗芯片禁止出口", "Commerce"),
        ("商务部禁止向美国出口镓", "MOFCOM"),
        ("经国务院批准，交通运输部暂停对美船舶收费", "MOT"),
        ("根据商务部裁定，海关总署自8月4日起对牛肉加征55%关税", "GACC"),
        ("EU bars EIB money for Chinese inverters", None),
        ("EIB bars loans for Chinese inverters in the EU", "EIB"),
        ("EU delays battery rules. Parliament and Council now have to agree.", None),
        ("Council delays battery rules", "Council"),
        (
            (
                "A shed in Johor bought chips. On Tuesday its name went on America's Entity List."
                " Malaysia's trade ministry said nothing."
            ),
            None,
        ),
        ("OFAC designates nine firms over drone parts. Executive Order 14024.", "OFAC"),
        (
            (
                "Regulation on servicing of chip tools to China requires a licence;"
                " a memorandum has been sent to the House of Representatives"
            ),
            None,
        ),
    ],
)
def test_who_advised_came_before_or_has_yet_to_decide_is_no_authority(
    text: str, authority: str | None
) -> None:
    assert read(text).authority == authority


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("Peru's SENASA suspends imports of poultry from Brazil", "PE"),
        ("Peru's SENASA suspends imports of poultry from Argentina", "PE"),
        ("Honduras: Senasa suspends imports of poultry from Brazil", "HN"),
        ("SENASA suspends imports of poultry from Brazil", "AR"),
        ("Spain's MAPA suspends exports of pork to Japan", "ES"),
        ("Spain's MAPA bans imports of beef from Brazil", "ES"),
        ("MAPA suspends imports of tilapia from Vietnam", "BR"),
        ("Norway's NFSA bans imports of poultry from Poland", "NO"),
        ("NFSA suspends imports of poultry from Brazil", "EG"),
        ("DOF: antidumping start for glass lids, China + Malaysia. 20 working days.", "MX"),
        ("欧亚经济联盟对中国刀具续征反倾销税", None),
    ],
)
def test_an_office_or_a_paper_of_many_countries_is_the_named_ones(
    text: str, jurisdiction: str | None
) -> None:
    assert read(text).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("Kenya's AFA suspends exports of avocados", "KE"),
        ("Chile's SAG suspends imports of poultry from Brazil", "CL"),
        ("Chile's SAG halts imports of Peruvian grapes", "CL"),
        ("Canada's Teck suspends exports from its mine", None),
        ("Turkey's Eti halts its exports of boron", None),
        ("Canada's Teck halts production of zinc", None),
    ],
)
def test_an_agency_unknown_by_name_is_no_firm_where_it_stops_trade(
    text: str, jurisdiction: str | None
) -> None:
    assert read(text).jurisdiction == jurisdiction
