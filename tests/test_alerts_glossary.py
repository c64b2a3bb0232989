"""Chinese words as English ones: does wording meet across the two languages?"""

from alerts.domain import Act
from alerts.glossary import FILE, LONGEST, english, load_glossary
from alerts.traces import stem, terms_of
from classifier.resources import shipped


def test_the_longest_word_counts_and_only_in_chinese() -> None:
    assert {"tungsten", "alloy"} <= {*english("钨合金, not steel")}
    assert list(english("steel only")) == []
    assert "mine" not in {*english("光纤")}
    assert {"optic", "fiber"} <= {*english("光纤")}


def test_a_translation_shares_the_words_of_its_original() -> None:
    chinese = terms_of("法国挖掘机出口", Act())
    words = terms_of("Exports of excavators from France", Act())

    assert {"excavator", "export"} <= chinese.keys() & words.keys()


def test_english_words_are_cut_as_in_texts() -> None:
    table = load_glossary()

    assert max(map(len, table)) <= LONGEST
    assert stem("exporting") in table["出口"].split()
    assert stem("safeguarding") in table["保障措施"].split()


def test_words_of_trade_meet_in_both_languages() -> None:
    chinese = terms_of("海关总署暂停进口冷冻牛肉,屠宰场残留超标", Act())
    words = terms_of("China customs halts frozen beef, residue found at slaughterhouse", Act())

    assert {"custom", "frozen", "beef", "residu", "slaughterhous"} <= chinese.keys() & words.keys()


def test_the_table_is_sorted_and_says_each_word_once() -> None:
    lines = shipped("data", FILE).read_text(encoding="utf-8").splitlines()
    words = [line.split("\t")[0] for line in lines]

    assert words == sorted(set(words))


def test_british_and_american_spellings_are_one_word() -> None:
    assert stem("sulphide") == stem("sulfide")
    assert stem("licences") == stem("licenses") == stem("license")
    assert stem("fertilisers") == stem("fertilizer")


def test_every_word_is_found_also_beside_others() -> None:
    for word, stems in load_glossary().items():
        assert list(english(word)) == stems.split()
        assert list(english(f"x{word}，{word}龘{word}")) == stems.split() * 3
