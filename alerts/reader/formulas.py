"""Chemistry in place of a name: HfO2 is hafnium, as is element 72, and Hf beside a word of trade.

Pure. A formula is known by its telling element: the metal that is traded under its own name.
Compounds that are goods of their own (LiPF6, SiC) stand in data/acts/items.tsv, which goes first.
All are made when the tables are loaded, so that reading a post costs no more.
"""

from collections.abc import Iterator

ELEMENTS = {
    "Hf": (72, "hafnium"), "Ta": (73, "tantalum"), "Nb": (41, "niobium"), "Re": (75, "rhenium"),
    "Ge": (32, "germanium"), "Ga": (31, "gallium"), "In": (49, "indium"), "Tl": (81, "thallium"),
    "Sc": (21, "scandium"), "Sm": (62, "samarium"), "Eu": (63, "europium"),
    "Gd": (64, "gadolinium"), "Tb": (65, "terbium"), "Dy": (66, "dysprosium"),
    "Ho": (67, "holmium"), "Er": (68, "erbium"), "Tm": (69, "thulium"), "Yb": (70, "ytterbium"),
    "Lu": (71, "lutetium"), "Pr": (59, "praseodymium"), "Nd": (60, "neodymium"),
    "La": (57, "lanthanum"), "Ce": (58, "cerium"), "Pt": (78, "platinum"),
    "Pd": (46, "palladium"), "Rh": (45, "rhodium"), "Ir": (77, "iridium"), "Ru": (44, "iridium"),
    "Os": (76, "osmium"), "Ag": (47, "silver"), "Au": (79, "gold"), "Rb": (37, "rubidium"),
    "Cs": (55, "caesium"), "Be": (4, "beryllium"), "Te": (52, "tellurium"), "Se": (34, "selenium"),
    "Bi": (83, "bismuth"), "Sb": (51, "antimony"), "Cd": (48, "cadmium"), "Mo": (42, "molybdenum"),
    "Zr": (40, "zirconium"), "Sr": (38, "strontium"), "Co": (27, "cobalt"), "Li": (3, "lithium"),
    "Th": (90, "thorium"), "Hg": (80, "mercury"), "As": (33, "arsenic"), "Sn": (50, "tin"),
    "Ni": (28, "nickel"), "Mn": (25, "manganese"), "Cr": (24, "chromium"), "Ti": (22, "titanium"),
    "Cu": (29, "copper"), "Zn": (30, "zinc"), "Pb": (82, "lead metal"), "Ba": (56, "barium salts"),
    "Mg": (12, "magnesium"), "Al": (13, "aluminium"), "W": (74, "tungsten"),
    "V": (23, "vanadium"), "Y": (39, "yttrium"), "U": (92, "uranium"), "B": (5, "boron"),
}  # fmt: skip
"""Symbol -> number and goods. One letter alone (VO2 max, B2B) makes no formula."""

BOUND = (
    "{}O2", "{}O3", "{}O4", "{}2O", "{}2O3", "{}2O5", "{}2O7", "{}3O4", "{}4O7", "{}6O11", "{}F2",
    "{}F3", "{}F4", "{}F5", "{}F6", "{}Cl2", "{}Cl3", "{}Cl4", "{}Cl5", "{}Cl6", "{}Br3", "{}S2",
    "{}S3", "{}2S3", "{}2S5", "{}Se2", "{}2Te3", "{}3C2", "{}B2", "{}B6", "{}H2", "{}H4", "{}CO3",
    "{}2CO3", "{}SO4", "{}2SO4", "{}NO3", "{}PO4", "{}SiO4", "{}Si2", "{}TiO3", "Na2{}O4",
    "Na2{}O3", "Ca{}O4", "Fe{}O4", "K2{}O4", "K2{}F7", "K2{}F6", "H2{}Cl6", "Li{}O2", "Li{}O3",
    "Li{}2O4",
)  # fmt: skip
"""What a metal comes as: oxides, fluorides, chlorides, sulphides, carbides, salts and acids. All
have a figure, which words have not; those without (GaN, SiC) stand with the goods."""

SYMBOLS = (
    "Hf", "Ta", "Nb", "Ge", "Ga", "Sc", "Sm", "Gd", "Tb", "Dy", "Yb", "Lu", "Nd", "Ce", "Pt", "Pd",
    "Rh", "Ru", "Rb", "Cs", "Te", "Bi", "Sb", "Cd", "Zr", "Sr", "Li", "Sn", "Ni", "Mn", "Cr", "Ti",
    "Cu", "Zn", "Pb", "Mg", "Mo",
)  # fmt: skip
"""Those that are no words; still, each is read only beside a word of trade."""
TRADED = (
    "exports", "imports", "ore", "ores", "oxide", "oxides", "metal", "powder", "powders",
    "concentrate", "concentrates", "ingot", "ingots", "sponge", "lumps", "lump", "alloy", "alloys",
    "scrap", "salts", "chloride", "sulphate", "sulfate", "carbonate", "hydroxide", "prices", "price",
    "precursors", "targets", "wafers",
    "crystal", "smelters", "supply", "shipments", "cathode", "foil", "products", "compounds",
)  # fmt: skip


def element_terms() -> Iterator[tuple[str, str]]:
    """Yield an element's number, the formulas of its compounds, and its symbol beside words of
    trade, each with the goods; as in a table, "=" keeps the case."""
    for number, goods in ELEMENTS.values():
        yield f"element {number}", goods
        yield f"element no {number}", goods
        yield f"{number}号元素", goods
    for symbol, (_, goods) in ELEMENTS.items():
        for bound in BOUND if len(symbol) > 1 else ():
            yield f"={bound.format(symbol)}", goods
    for symbol in SYMBOLS:
        goods = ELEMENTS[symbol][1]
        for word in TRADED:
            yield f"={symbol} {word}", goods
