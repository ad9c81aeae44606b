"""What is filled in is never what came from outside: a format string of a stranger reads what it likes, or breaks the page.

Every ``%`` on text and every ``.format`` begins from words in the code (a literal, a translated literal, a constant), or stands
in the table below with where its words come from.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("platform", "tenants", "branding", "search", "catalog", "cms")
TRANSLATING = {
    "_",
    "gettext",
    "gettext_lazy",
    "lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "npgettext",
    "pgettext_lazy",
}
FILLING = {"format", "format_map", "vformat"}
ASKED = {"GET", "POST", "FILES", "META", "COOKIES"}
# Read one by one: no text of theirs is filled in, or it is the code's own from a place further up.
NUMBERS = {
    "catalog/pictures.py: sha256(product.name.encode()).digest()[0]",
    "cms/templatetags/stories.py: image.pk",
    "cms/templatetags/stories.py: person.pk or 0",
    "platform/campaigns/templatetags/endorsements.py: endorser.pk",
    "platform/config/backup/restoring.py: lsn(base.facts['wal_end']) - 1",
    "platform/config/backup/source.py: number",
    "platform/config/backup/wal.py: number",
    "platform/config/first_start.py: done",
    "platform/kernel/turning.py: turned",
    "platform/web/templatetags/pictures.py: sum(map(ord, str(category or 'grain.rice')))",
    "platform/web/tile_columns.py: number",
    "tenants/migrating.py: place",
}
WORDS = {
    "branding/case_story.py: told[0]": "a table of translated literals a few lines above",
    "branding/case_story.py: words()": "a literal in a lambda, so that it is translated when it is said",
    "branding/precheck.py: _how(other.how)": "a table of translated literals",
    "branding/signs.py: reason": "a table of translated literals a few lines above",
    "catalog/views/review.py: words": "a translated literal of the view that calls",
    "cms/everywhere.py: condition": "a literal of the caller; what is filled in is a checked schema's name",
    "cms/views/acts.py: words": "a translated literal of the view that calls",
    "platform/accounts/messages/kinds.py: str(self.text)": "a message's words, registered at start",
    "platform/accounts/messages/sending.py: str(kind.subject)": "a message's words, registered at start",
    "platform/console/views/board.py: words": "a translated literal of the view that calls",
    "platform/kernel/logs.py: super()": "a logging formatter's method, no text's",
    "platform/kernel/sentences.py: gettext(sentence)": "a sentence of the code, looked for in what was kept",
    "search/suggesting.py: one": "a literal over several lines; what is filled in is a column's name of the code",
}


def is_ours(node, local):
    """Words that stand in the code, or are its translation, or a name of this function that only ever held such."""
    match node:
        case ast.Constant():
            return True
        case ast.Name():
            return node.id.isupper() or (bool(local.get(node.id)) and all(is_ours(one, {}) for one in local[node.id]))
        case ast.Attribute():
            return node.attr.isupper() and node.attr not in ASKED
        case ast.Subscript():
            return is_ours(node.value, {})
        case ast.BinOp(op=ast.Add()):
            return is_ours(node.left, local) and is_ours(node.right, local)
        case ast.IfExp():
            return is_ours(node.body, local) and is_ours(node.orelse, local)
        case ast.Call(func=ast.Name(id=name)) if name in TRANSLATING:
            texts = node.args[: 2 if name.startswith("n") else 1]
            return all(is_ours(text, local) for text in texts)
    return False


def assigned(function):
    """Every value that a name of this function is ever given; one that comes in as an argument has none."""
    values = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    values.setdefault(target.id, []).append(node.value)
        elif isinstance(node, ast.AugAssign | ast.For) and isinstance(node.target, ast.Name):
            values.setdefault(node.target.id, []).append(node.iter if isinstance(node, ast.For) else node.value)
    taken = function.args
    for one in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs):
        values.pop(one.arg, None)
    return values


def fillings(tree):
    """Each text that is filled in, with the names it may have been given in its function."""
    local = {}
    for function in ast.walk(tree):  # the outer before the inner: the innermost has the last word
        if isinstance(function, ast.FunctionDef):
            local |= dict.fromkeys(ast.walk(function), assigned(function))
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and not isinstance(node.right, ast.Constant):
            yield node.left, local.get(node, {})
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FILLING:
            yield node.func.value, local.get(node, {})


def foreign_in(source):
    return {ast.unparse(text) for text, local in fillings(ast.parse(source)) if not is_ours(text, local)}


def test_every_format_string_is_the_codes_own():
    found = set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            found |= {f"{path.relative_to(ROOT)}: {one}" for one in foreign_in(path.read_text(encoding="utf-8"))}
    known = NUMBERS | WORDS.keys()
    assert found - known == set(), "whose words are these?"
    assert known - found == set(), "no longer there"


def test_a_strangers_format_string_is_seen():
    assert foreign_in("def view(request):\n    return request.POST['a'].format(user=1)") == {"request.POST['a']"}
    assert foreign_in("def view(typed):\n    return typed % {'user': 1}") == {"typed"}
    assert foreign_in("def f(asked):\n    words = asked\n    words = 'a %s'\n    return words % (1,)") == {"words"}
    assert foreign_in("def f(asked):\n    words = 'a'\n    words += asked\n    return words % (1,)") == {"words"}
    assert foreign_in("def f(asked):\n    return _(asked) % {'n': 1}") == {"_(asked)"}
    assert foreign_in("def f():\n    words = _('a %(n)s')\n    return words % {'n': 1}") == set()
