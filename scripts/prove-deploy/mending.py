"""How MiniStack is put right in its own process."""

ALL = []


def mend(what, page):
    """`what` it does, and AWS's page that says otherwise, or where somebody has seen otherwise."""

    def noted(change):
        ALL.append((what, page if page.startswith("https:") else f"https://docs.aws.amazon.com{page}", change))
        return change

    return noted


def wrap(module, name, around):
    inner = getattr(module, name)
    setattr(module, name, lambda *args, **more: around(inner, *args, **more))


def replace_once(text, old, new):
    if text.count(old) != 1:
        raise SystemExit(f"MiniStack is another than the one that was read: {old!r} is there {text.count(old)} times")
    return text.replace(old, new)
