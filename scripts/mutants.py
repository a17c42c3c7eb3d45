"""mutants.py - what scripts/mutate breaks: mutants written down by hand in tests/mutate, or made
by rule from the tokens of a source file.

A list names one source file and then one mutant after the other:

    source src/tcp/tcp_call.c

    abort-told: tcp_call_abort CH-17
        the peer is told
        - if (peer_must_be_told(c->state))
        + if (!peer_must_be_told(c->state))
        survives: only where the test cannot tell, and this says why

The first line is id, function (or table, or `-` for the whole file) and requirements (or none).
The fragment after `-` must occur exactly once in that function; white space in it stands for any
white space.  Several lines with `-` or `+` make one fragment; an empty `+` deletes.  `survives` is
for a mutant that no test can or need notice."""
import dataclasses, pathlib, random, re

class Bad(Exception):
    """A list or a file that cannot be used; the text says what is wrong and where."""

@dataclasses.dataclass
class Mutant:
    id: str
    path: str  # from the root of the tree
    function: str
    requirements: list
    start: int  # the characters [start, end) of the file ...
    end: int
    replacement: str  # ... become this
    phrase: str
    survives: str = ""  # why no test notices

    def apply(self, text):
        return text[:self.start] + self.replacement + text[self.end:]

# --- C, as far as it is needed ---------------------------------------------------------------

TOKEN = re.compile(r"""
    (?P<blank>\s+ | //[^\n]* | /\*.*?\*/ | ^[ \t]*\#(?:\\\n|[^\n])*
            | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
  | (?P<number>\d[\w.]*)
  | (?P<word>\w+)
  | (?P<mark><<=|>>=|->|\+\+|--|<<|>>|[-+*/%&|^<>=!]=|&&|\|\||.)""", re.X | re.S | re.M)

def tokens(text):
    """The tokens of C source without white space, comments, strings and preprocessor lines."""
    return [match for match in TOKEN.finditer(text) if match.lastgroup != "blank"]

def without_blanks(text):
    """The text with comments, strings and preprocessor lines blanked out, nothing moved."""
    return TOKEN.sub(lambda match: re.sub(r"[^\n]", " ", match[0])
                     if match.lastgroup == "blank" else match[0], text)

def span_of(text, name):
    """Where the function or table of that name is defined, up to its last brace; or None."""
    if name == "-":
        return 0, len(text)
    definition = rf"^\w[^;{{}}]*?\b{re.escape(name)}\s*[(\[][^;{{}}]*{{.*?^}}"
    match = re.search(definition, without_blanks(text), re.M | re.S)
    return match and match.span()

# --- lists -----------------------------------------------------------------------------------

HEADER = re.compile(r"([\w-]+): (\S+)((?: \S+)*)")

class Entry:
    """One mutant of a list, while its lines are read."""
    def __init__(self, where, match):
        self.where, self.id, self.function = where, match[1], match[2]
        self.requirements = match[3].split()
        self.before, self.after, self.phrase, self.survives = [], [], [], []

    def add(self, line):
        if line.startswith("- "):
            self.before.append(line[2:])
        elif line == "+" or line.startswith("+ "):
            self.after.append(line[2:])
        elif line.startswith("survives:") or self.survives:
            self.survives.append(line.removeprefix("survives:").strip())
        else:
            self.phrase.append(line)

    def mutant(self, path, text, known):
        """The mutant, or Bad if the entry is incomplete or the source has moved on."""
        def bad(why):
            return Bad(f"{self.where}: {self.id}: {why}")

        for part, name in ((self.phrase, "a phrase"), (self.before, "a fragment (-)"),
                           (self.after, "a replacement (+)")):
            if not part:
                raise bad(f"{name} is missing")
        if self.survives and not any(self.survives):
            raise bad("'survives' does not say why")
        for requirement in self.requirements:
            if requirement not in known:
                raise bad(f"{requirement} has no row in docs/rfc-map.md")
        span = span_of(text, self.function)
        if not span:
            raise bad(f"stale: {path} has no {self.function}")
        words = " ".join(self.before).split()
        found = list(re.finditer(r"\s+".join(map(re.escape, words)), text[slice(*span)]))
        if len(found) != 1:
            raise bad(f"stale: the fragment occurs {len(found)} times in {self.function} of {path}")
        start, end = (span[0] + offset for offset in found[0].span())
        after = "\n".join(self.after)
        if words == after.split():
            raise bad("the replacement is the fragment")
        return Mutant(self.id, path, self.function, self.requirements, start, end, after,
                      " ".join(self.phrase), " ".join(self.survives))

def entries(file):
    """Yields (path of the source, Entry) for the entries of a list."""
    path, entry = None, None
    for n, line in enumerate(file.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("source ") and not path:
            path = line.split(None, 1)[1]
            if not pathlib.Path(path).is_file():
                raise Bad(f"{file}:{n}: there is no {path}")
        elif path and (header := HEADER.fullmatch(line)):
            if entry:
                yield path, entry
            entry = Entry(f"{file}:{n}", header)
        elif entry and line[0].isspace():
            entry.add(line.strip())
        else:
            raise Bad(f"{file}:{n}: expected 'source PATH', then 'ID: FUNCTION [REQUIREMENT...]'")
    if entry:
        yield path, entry

def requirements():
    """The ids of docs/rfc-map.md."""
    return set(re.findall(r"^\| *(\S+) *\|", pathlib.Path("docs/rfc-map.md").read_text(), re.M))

def read_lists(files):
    """Every mutant of the lists; Bad names everything that is wrong with them at once."""
    found, wrong, seen, known = [], [], {}, requirements()
    for file in files:
        for path, entry in entries(file):
            if entry.id in seen:
                wrong.append(f"{entry.where}: {entry.id} is taken by {seen[entry.id]}")
            seen[entry.id] = entry.where
            try:
                found.append(entry.mutant(path, pathlib.Path(path).read_text(), known))
            except Bad as bad:
                wrong.append(str(bad))
    if wrong:
        raise Bad("\n".join(wrong))
    return found

# --- mutants by rule -------------------------------------------------------------------------

SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&"}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
ASSERTS = {"assert", "static_assert", "LULL_CHECK"}
KEYWORDS = {"return", "if", "else", "for", "while", "do", "switch", "case", "default", "break",
            "continue", "goto", "sizeof", "struct", "enum", "union", "const", "static"}

def closing(found, i):
    """The index of the token that closes the bracket at i."""
    depth = 0
    for j in range(i, len(found)):
        depth += (found[j][0] in "([{") - (found[j][0] in ")]}")
        if depth == 0:
            return j
    raise Bad("a bracket is not closed")

def end_of_statement(found, i):
    """The index of the semicolon that ends the statement at i, or None if there is no such one."""
    while found[i][0] not in (";", "{", "}", ")"):
        i = closing(found, i) + 1 if found[i][0] in ("(", "[") else i + 1
    return i if found[i][0] == ";" else None

def statement_starts(found):
    """The indices at which a statement begins, and some at which only an expression does."""
    starts = set()
    for i, token in enumerate(found):
        if token[0] in (";", "{", "}", "else"):
            starts.add(i + 1)
        elif token[0] in ("if", "for", "while", "switch"):
            starts.add(closing(found, i + 1) + 1)
        elif token[0] == ":" and (found[i - 1][0] == "default" or found[i - 2][0] == "case"):
            starts.add(i + 1)
    return starts

def is_removable(found, i):
    """Whether a call or an assignment starts at i: what leaves valid C when it is gone."""
    word, after = found[i], found[i + 1][0]
    if word[0] == "*":
        return True
    if word.lastgroup != "word" or word[0] in KEYWORDS | ASSERTS:
        return False
    return after in {"(", "[", ".", "->", "++", "--"} | ASSIGNMENTS

def token_change(found, i):
    """What the token at i may become, and how that is called; or None."""
    text, kind, before = found[i][0], found[i].lastgroup, found[i - 1]
    if text in SWAPS:
        return SWAPS[text], f"{text} to {SWAPS[text]}"
    if text in ("+", "-") and (before.lastgroup in ("word", "number") or before[0] in (")", "]")) \
            and before[0] not in KEYWORDS:
        return "+-"[text == "+"], f"{text} to {'+-'[text == '+']}"
    if kind == "number" and (match := re.fullmatch(r"(\d+)([uUlL]*)", text)):
        value = {0: 1, 1: 0}.get(int(match[1]), int(match[1]) + 1)
        return f"{value}{match[2]}", f"{text} to {value}"
    return None

def changes(found):
    """Yields (first token, last token, replacement, phrase) for everything that can be changed."""
    starts, depth, skip = statement_starts(found), 0, 0
    for i, token in enumerate(found):
        depth += (token[0] == "{") - (token[0] == "}")
        if token[0] in ASSERTS:
            skip = closing(found, i + 1)
        if depth == 0 or i <= skip:
            continue
        if change := token_change(found, i):
            yield i, i, *change
        if i not in starts or (end := end_of_statement(found, i)) is None:
            continue
        if token[0] == "return" and (depth > 1 or found[i - 1][0] in (")", "else", ":")):
            yield i, end, ";", "return removed"
        elif is_removable(found, i):
            yield i, end, ";", "statement removed"

def mutants_of(path):
    """Every mutant of a file."""
    if not pathlib.Path(path).is_file():
        raise Bad(f"there is no {path}")
    text = pathlib.Path(path).read_text()
    found = tokens(text)
    for first, last, replacement, phrase in changes(found):
        start, end = found[first].start(), found[last].end()
        line_start = text.rfind("\n", 0, start) + 1
        place = f"{path}:{text.count(chr(10), 0, start) + 1}:{start - line_start + 1}"
        line = text[line_start:].split("\n", 1)[0].strip()
        yield Mutant(place, path, "-", [], start, end, replacement, f"{phrase}: {line}")

def generate(files, count, seed):
    """A sample of the mutants of these files; the same seed gives the same sample."""
    found = [mutant for path in files for mutant in mutants_of(path)]
    chosen = random.Random(seed).sample(range(len(found)), min(count, len(found)))
    return [found[i] for i in sorted(chosen)]
