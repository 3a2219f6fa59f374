"""The Liquid engine as Segment sets it up: its disabled tags and filters, and JavaScript's texts and numbers.

Imported only where a mapping uses ``@liquid``. Segment renders with liquidjs; what differs in
python-liquid is evened out here, as far as a template without loops can see it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, TextIO

from liquid import BoundTemplate, Environment, Mode, RenderContext
from liquid.builtin.output import Output, OutputNode
from liquid.exceptions import LiquidError

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping.liquid_filters import FILTERS, js_text, with_js_texts
from analytics_mixpanel.mapping.node import Resolver

# fmt: off
DISABLED_TAGS: Final = frozenset({"case", "for", "include", "layout", "render", "tablerow"})
DISABLED_FILTERS: Final = frozenset({
    "array_to_sentence_string", "concat", "find", "find_exp", "find_index", "find_index_exp", "group_by",
    "group_by_exp", "has", "has_exp", "map", "newline_to_br", "reject", "reject_exp", "reverse", "sort",
    "sort_natural", "uniq", "where_exp", "type",
})
# Known to liquidjs alone, where an unknown filter would silently change nothing.
_MISSING_FILTERS: Final = frozenset({
    "cgi_escape", "date_to_long_string", "date_to_rfc822", "date_to_string", "date_to_xmlschema",
    "normalize_whitespace", "number_of_words", "pop", "push", "sample", "shift", "slugify", "unshift",
    "uri_escape",
})
# Known to python-liquid alone.
_FOREIGN_TAGS: Final = frozenset({"doc", "ifchanged"})
_FOREIGN_FILTERS: Final = frozenset({
    "base64_url_safe_decode", "base64_url_safe_encode", "escapejs", "safe", "squish",
})
_TEXT_FILTERS: Final = (
    "append", "capitalize", "downcase", "lstrip", "prepend", "remove", "remove_first", "remove_last",
    "replace", "replace_first", "replace_last", "rstrip", "split", "strip", "strip_html", "strip_newlines",
    "truncate", "truncatewords", "upcase", "url_decode", "url_encode",
)
# fmt: on


class _JavaScriptOutputNode(OutputNode):
    """An output statement that writes values as JavaScript does."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(js_text(self.expression.evaluate(context)))


class _JavaScriptOutput(Output):
    node_class = _JavaScriptOutputNode


class _Environment(Environment):
    string_sequences = True
    output_stream_limit = 10_000_000


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = _Environment(strict_filters=False, tolerance=Mode.STRICT)
    environment.add_tag(_JavaScriptOutput)
    for tag in DISABLED_TAGS | _FOREIGN_TAGS:
        environment.tags.pop(tag, None)
    for name in DISABLED_FILTERS | _FOREIGN_FILTERS:
        environment.filters.pop(name, None)
    for name in _TEXT_FILTERS:
        environment.add_filter(name, with_js_texts(environment.filters[name]))
    for name, function in FILTERS.items():
        environment.add_filter(name, function)
    return environment


def compile_template(source: str, path: str) -> Resolver:
    """Compile a template into a function from a payload to its text."""
    try:
        template = _environment().from_string(source)
        used = set(template.analyze(include_partials=False).filters)
    except LiquidError as error:
        raise MappingError(f"is no Liquid template: {error.message or type(error).__name__}", path) from error
    for unusable, reason in ((DISABLED_FILTERS, "is disabled"), (_MISSING_FILTERS, "is not supported")):
        for name in sorted(used & unusable):
            raise MappingError(f'filter "{name}" {reason}', path)
    return _renderer(template, path)


def _renderer(template: BoundTemplate, path: str) -> Resolver:
    def render(payload: Any) -> str:
        try:
            return template.render(payload if isinstance(payload, dict) else {})
        except (LiquidError, ArithmeticError, TypeError, ValueError) as error:
            # The error's own text may hold values of the payload.
            raise MappingError(f"the template cannot be rendered: {type(error).__name__}", path) from None

    return render
