"""Made goods by the names that trade, press and fans give them, and what only sounds like one."""

import pytest

from tests.act_reading import goods


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Brussels hits Chinese hub motors with duties of up to 40%", "e-bike motors"),
        ("欧盟对中国轮毂电机征收临时反倾销税", "e-bike motors"),
        ("Trump signs 25% tariff on big transformers", "large power transformers"),
        ("Washington looks at grid gear from Korea", "grid equipment"),
        ("Japan plans export permits for multi-beam mask writers", "mask writers"),
        ("日本拟限制多束电子束掩模写入机出口", "mask writers"),
        ("US lets Nvidia sell H20 chips and AMD the MI308 to China", "AI chips"),
        ("Beijing tells firms to buy Ascend instead", "AI chips"),
        ("国产替代：昇腾芯片获采购优先", "AI chips"),
        ("EU accepts minimum price for the maker's electric SUV", "EVs"),
        ("FCC拟将中国蜂窝物联网模组列入清单", "cellular modules"),
        ("New Delhi opens a probe into wet-process separators", "battery separators"),
        ("财政部：光伏组件出口退税下调", "solar modules"),
        ("Canada bars Chinese robovacs from public buildings", "robot vacuums"),
        ("Taiwan keeps 2nm at home", "process nodes"),
        ("Netherlands wants permits for ALD spare parts", "chipmaking parts"),
        ("BIS lists nine dilution fridge makers", "dilution refrigerators"),
        ("印度对铁锂电芯发起调查", "LFP batteries"),
        ("UAE drops its ban on FPV drones", "consumer drones"),
        ("India taxes Chinese set-top boxes", "set-top boxes"),
        ("商务部对进口酚醛树脂发起反倾销调查", "phenolic resins"),
        ("US opens a probe into forged steel fluid end blocks", "crankshaft forgings"),
        ("Washington weighs duties on monopiles", "subsea foundations"),
        ("国务院关税税则委员会：对直线加速器加征关税", "radiotherapy machines"),
    ],
)
def test_made_goods_go_by_many_names(text: str, good: str) -> None:
    assert good in goods(text)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("The prince is to ascend the throne in June", "AI chips"),
        ("Congress resists new tariffs on soybeans", "photoresist"),
        ("Our team is in the semis after a ban on late transfers", "semiconductors"),
        ("EU proposes CVD on rebar", "deposition equipment"),
        ("Sanctions put under the microscope", "microscopes"),
        ("A ban looms for soybean imports", "textile machinery"),
        ("日本公布新车销量", "cars"),
        ("公共图书馆今起开放", "publications"),
        ("Hawks may torpedo the tariff deal", "torpedoes"),
        ("The firm is in the clutches of a tariff", "clutches"),
        ("豪宅日光盘再现，限购令解除", "tape drives"),
    ],
)
def test_everyday_words_are_no_made_goods(text: str, good: str) -> None:
    assert good not in goods(text)


def test_kinds_of_one_good_stay_apart_and_meet_in_it() -> None:
    lfp = goods("Mexico puts a duty on LFP cells")
    ternary = goods("Mexico puts a duty on ternary cells")

    assert "LFP batteries" in lfp - ternary
    assert "ternary batteries" in ternary - lfp
    assert "lithium batteries" in lfp & ternary
