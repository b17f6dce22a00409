"""JSON, names and errors, without ever calling what is the program's: no `__repr__`, no `__str__`, no property, no `__getattr__`."""

from _functools import partial

try:
    from _json import encode_basestring_ascii as quote
except ImportError:
    from json.encoder import py_encode_basestring_ascii as quote

_PLAIN = (bool, int, float, complex, str, bytes, bytearray, type(None))
_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset)
# `types` has names for these, but importing it takes time.
_FUNCTIONS = (type(lambda: 0), type(len), type(str.join), type(object.__init__))
_METHOD = type((lambda: 0).__get__(0))
_qualname_of_type = type.__dict__['__qualname__'].__get__
_module_of_type = type.__dict__['__module__'].__get__
_str_of_exception = BaseException.__str__
_args_of = BaseException.__dict__['args'].__get__
_dict_of = BaseException.__dict__['__dict__'].__get__
_traceback_of = BaseException.__dict__['__traceback__'].__get__
_WRAPPERS = ('ExceptionWithTraceback', '_ExceptionWithTraceback')


def json(value):
    """@returns JSON of plain data: None, bool, int, str, lists and dictionaries of such"""
    kind = type(value)
    if kind is str:
        return quote(value)
    if kind is bool:
        return 'true' if value else 'false'
    if kind is int:
        return str(value)
    if kind is list or kind is tuple:
        return '[' + ','.join(map(json, value)) + ']'
    if kind is dict:
        return '{' + ','.join(quote(key) + ':' + json(item) for key, item in value.items() if item is not None) + '}'
    return 'null'


def type_name(kind):
    return str(_qualname_of_type(kind))


def module_of_type(kind):
    return _module_of_type(kind)


def name_of(function):
    """@returns a name for whatever is called"""
    kind = type(function)
    if kind is partial:
        return name_of(function.func)
    if kind is _METHOD:
        return name_of(function.__func__)
    if kind in _FUNCTIONS:
        name = function.__qualname__
        return name if type(name) is str else type_name(kind)
    if issubclass(kind, type):
        return type_name(function)
    return type_name(kind)


def kind_of(value):
    """@returns the type of an argument, and how long it is where Python's own type tells"""
    kind = type(value)
    return '%s[%d]' % (kind.__name__, len(value)) if kind in _SIZED else type_name(kind)


# Of calls with one argument of a type without a length, which is what pools are mostly given.
_known_calls = {}


def call_in_words(function, args):
    """@returns as `resize(Image, str[12])`"""
    if len(args) == 1 and type(function) is _FUNCTIONS[0]:
        kind = type(args[0])
        if kind not in _SIZED:
            words = _known_calls.get((function, kind))
            if words is None:
                if len(_known_calls) > 200:
                    _known_calls.clear()
                words = _known_calls[function, kind] = _call_in_words(function, args)
            return words
    return _call_in_words(function, args)


def _call_in_words(function, args):
    words = ', '.join([kind_of(value) for value in args[:4]]) if type(args) in (tuple, list) else ''
    return '%s(%s%s)' % (name_of(function)[:120], words[:120], ', …' if len(args) > 4 else '')


def message_of(error):
    """@returns what an exception says if that is plain data, else the types of it"""
    args = _args_of(error)
    kind = type(error)
    if not all(type(value) in _PLAIN for value in args):
        return ', '.join([value if type(value) is str else type_name(type(value)) for value in args])[:500]
    if kind.__str__ is _str_of_exception or _module_of_type(kind) == 'builtins':
        return kind.__str__(error)[:500]
    return ', '.join(map(str, args))[:500]


def error_of(error):
    """@returns AgentError: of an exception, or of one that the standard library wrapped with its traceback's text"""
    if type_name(type(error)) in _WRAPPERS:
        text, error = error.tb, error.exc
        text = text.strip('"\n')
    else:
        text = stack_of(error)
    return {'name': type_name(type(error)), 'message': message_of(error), 'stack': text[-2_000:]}


def stack_of(error):
    lines = []
    traceback = _traceback_of(error)
    while traceback is not None and len(lines) < 40:
        code = traceback.tb_frame.f_code
        lines.append('  File "%s", line %d, in %s' % (code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return '\n'.join(['Traceback (most recent call last):', *lines, '%s: %s' % (type_name(type(error)), message_of(error))])


def line(event, at_ns, **fields):
    """@returns a line for the ring: without the fields that are None"""
    return ('{"t":%d,"e":"%s"%s}\n' % (at_ns // 1_000, event, ''.join([',"%s":%s' % (key, json(value)) for key, value in fields.items() if value is not None]))).encode('ascii')


def describe(**fields):
    """@returns a cell's description, cut where it must be"""
    text = json(fields)
    for limit in (60, 30, 10):
        if len(text) <= 190:
            break
        text = json({key: value[:limit] if type(value) is str and key != 'id' else value for key, value in fields.items()})
    return (text if len(text) <= 190 else '{}').encode('ascii')
