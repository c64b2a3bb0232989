"""How the press tells of acts: idioms, flashes without a verb, offices without a country."""

import pytest

from tests.act_reading import assert_no_quadratic_time, read


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("Namibia shuts the gate on unprocessed lithium ore", "adopted", "export ban"),
        ("Namibia opens a gate to the sea for lithium miners", None, None),
        ("Canada shuts Burnaby unit of Chinese lidar maker", "adopted", "investment restriction"),
        ("Nokia shuts Ottawa unit of its Chinese arm", None, None),
        ("Norway cuts Belarus off from drone motors", "adopted", "export ban"),
        ("Snow cuts Norway's drone motor plant off from the grid", None, None),
        ("Ghana brings bauxite export ban forward to 2028", "adopted", "export ban"),
        ("Ghana brings bauxite miners forward to speak", None, None),
        ("Quectel's modules go on the FCC's Covered List", "adopted", "entity listing"),
        ("Quectel's modules go on sale in the United States", None, None),
        ("Commerce finds Lao solar cells were dumped, sets 61.2% deposits", "adopted", "tariff"),
        ("Commerce finds Laotian solar cells in its own basement", None, None),
        ("Brussels investigates subsidies for Chinese wind turbines", "adopted", "probe"),
        ("Brussels investigates fire at a wind turbine factory", None, None),
        ("Britain targets 14 Russian LNG tankers", "adopted", "sanction"),
        ("Russia targets 14 Ukrainian LNG tankers", None, None),
        ("Britain hits 14 LNG tankers with missiles", None, None),
        ("Police in Spain found cars dumped in a quarry", None, None),
        ("Britain's Shell targets 14 million tons of LNG", None, None),
        ("Italy bars Hong Kong fund from buying laser start-up", "adopted",
         "investment restriction"),
        ("Australia forces sale of Chinese-linked stakes in lithium miner", "adopted",
         "investment restriction"),
        ("Treasurer orders four China-linked holders out of lithium miner", "adopted",
         "investment restriction"),
        ("Treasurer orders lunch for four holders of the China Cup", None, None),
        ("Vacuum firm may not be sold to Suzhou buyer, minister rules", "adopted",
         "investment restriction"),
        ("Cottage may not be sold before spring, says estate agent in Suzhou", None, None),
        ("GPU racks for Johor now need a nod from Washington", "adopted", "export licence"),
        ("GPU racks now need a clean from time to time in Johor", None, None),
        ("South Korea shields memory-chip know-how from foreign sale", "adopted",
         "control-list change"),
        ("South Korea shields memory-chip fab from typhoon", None, None),
        ("China sets deposits of up to 41% on Japanese photoresist", "adopted", "tariff"),
        ("China's savers set deposits aside for Japanese cars", None, None),
        ("India sets onion export floor of $480 a tonne", "adopted", "export restriction"),
        ("Brazil levied up to $412 a tonne on China's glass fibre", "adopted", "tariff"),
        ("US licenses sale of 20,000 Nvidia chips to Qatar", "adopted", "export licence"),
        ("Council agrees new Belarus sanctions", "adopted", "sanction"),
        ("Council agrees new opening hours for Belarus bakery", None, None),
        ("Malaysian tinplate faces 38% duty in Peru", "adopted", "tariff"),
        ("Malaysian tinplate faces 38% fewer tests in Peru", None, None),
        ("Beijing sets cap on antimony mining", "adopted", "quota"),
        ("Beijing sets cap on taxi fares to the antimony mine", None, None),
        ("Treasury licence keeps Rosneft's German refineries in business", "adopted", "sanction"),
        ("Rain keeps Rosneft's German refineries in business", None, None),
        ("Chinese regulator investigates Oregon's Halden over spectrometers", "adopted", "probe"),
        ("Chinese regulator investigates Oregon's Halden over fire in hotel", None, None),
        ("Vietnam to screen transfers of 'core data' abroad", "proposed", "export restriction"),
        ("Vietnam to screen transfers of football players", None, None),
        ("Ghana extends halt of manganese ore to December", "adopted", "export ban"),
        ("Ghana extends halt for manganese trains to December", None, None),
        ("Mexico takes battery packs out of duty-free scheme", "adopted", "tariff"),
        ("Mexico takes battery packs out of flooded store", None, None),
        ("China's SAMR investigates Corvane for suspected breach of monopoly law", "adopted",
         "probe"),
        ("China's SAMR investigates ways to hold its summer party", None, None),
        ("China curbs hafnium, zirconium exports", "adopted", "export restriction"),
        ("China curbs are a worry for hafnium, zirconium exporters", None, None),
    ],
)  # fmt: skip
def test_an_idiom_is_an_act_by_what_stands_behind_it(
    text: str, stage: str | None, instrument: str | None
) -> None:
    act = read(text)
    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    ("text", "stage", "country"),
    [
        ("⚡ Chile: 17.2% provisional surcharge on Chinese wire rod", "adopted", "CL"),
        ("⚡ Chile: 17.2% of households own a dishwasher", None, None),
        ("Peru, same day: 5-yr anti-dumping duty on Chinese zips, $2.1 a kilo", "adopted", "PE"),
        ("Seoul's 21.4% on Japanese tinplate now in force", "in effect", "KR"),
        ("Seoul's 2% for the year on Japanese bonds now in force", None, None),
        ("17 more on the Entity List", "adopted", "US"),
        ("Why 17 more chip makers fear the Entity List", None, None),
        ("Dutch put servicing of chip tools in China under licence", "adopted", "NL"),
        ("High Court suspends UK ban on Chinese meter modules", "suspended", "GB"),
        ("High Court suspends hearing about Chinese meter thief", None, None),
        ("Korea Trade Commission corrects tinplate notice: rate is 23.1%", "adopted", "KR"),
        ("EU corrects list of holidays in Brussels", None, None),
        ("No new EVs from Ford until 2027 in Europe", None, None),
        ("Korean newspaper corrects tinplate story: rate is 23.1%", None, None),
        ("Correction: Malaysia palm oil export duty for July is 8.2%", "adopted", "MY"),
        ("Delhi HC stays anti-dumping duty on Vietnamese solar glass", "suspended", "IN"),
        ("Delhi resident stays silent on duty on Vietnamese solar glass", None, None),
        ("Zimbabwe gives Chinese miners until March before lithium ban", "delayed", "ZW"),
        ("Zimbabwe gives Chinese miners until lunch before lithium talk", None, None),
        ("Correct: Malaysia palm oil tastes of nothing", None, None),
        ("No more drone motors to Belarus from 6 pm today, says Bern", "adopted", "CH"),
        ("No more drone pilots for Belarus, says a coach from Bern", None, None),
        ("Chile: Saturday's decree adds lithium to royalty table", "adopted", "CL"),
        ("Chile: Saturday's breakfast adds lithium miners to guests", None, None),
        ("Bursa machine importer cleared by Taiwan", "adopted", "TW"),
        ("Bursa machine importer tired by Taiwan", None, None),
    ],
)
def test_a_flash_may_do_without_a_verb(text: str, stage: str | None, country: str | None) -> None:
    act = read(text)
    assert (act.stage, act.stage and act.jurisdiction) == (stage, country)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Customs issues guidance on transshipment of AI servers", "adopted"),
        ("Nvidia issues guidance on transshipment of AI servers", None),
        ("US regulator bans approvals of drones made in China", "adopted"),
        ("UK regulator bans BYD advert", None),
        ("Ministry issues guidance on heat in schools", None),
        ("Singapore tells shippers to vet AI server deals", "adopted"),
        ("Singapore tells shippers to expect rain", None),
    ],
)
def test_an_office_acts_though_its_country_is_not_named(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    "text",
    [
        "China cuts " + "a-b " * 5_000 + "off from",
        "China finds " + "cells " * 4_000,
        "China makes duty " + "very " * 4_000,
        "China: " + "new final " * 3_000 + "on",
        "China " + "shuts the gate to " * 1_500,
    ],
    ids=["cut off", "finds", "makes", "flash", "gates"],
)
def test_idioms_take_no_quadratic_time(text: str) -> None:
    assert_no_quadratic_time(text)
