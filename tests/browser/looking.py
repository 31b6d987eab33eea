"""What every page is looked at for: what axe finds wrong, and whether it scrolls sideways."""

from axe_playwright_python.sync_playwright import Axe


def faults(page, context=None):
    """What axe finds wrong on the page, or in the part of it with that selector.

    A click returns when the next page begins to arrive: axe has to wait for the whole of it.
    """
    page.wait_for_load_state()
    results = Axe().run(page, context=context)
    return [(violation["id"], violation["nodes"][0]["html"]) for violation in results.response["violations"]]


def faults_of_ours(page):
    """What axe finds wrong in what is ours on a page of the back office."""
    return faults(page, "#content-main")


def is_too_wide(page):
    """Whether the page scrolls sideways."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
