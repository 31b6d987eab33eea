"""Forms of the back office, filled as a browser would."""


def fields(page):
    """What the form on a page would send: its fields with their values."""
    form = page.context["adminform"].form
    answers: dict[str, object] = {}
    for bound in form:
        value = bound.value()
        widget = bound.field.widget
        if hasattr(widget, "decompress") and hasattr(widget, "widgets"):
            names = getattr(widget, "widgets_names", [f"_{n}" for n in range(len(widget.widgets))])
            parts = value if isinstance(value, list) else widget.decompress(value)
            answers |= {bound.html_name + n: p for n, p in zip(names, parts, strict=False)}
        else:
            answers[bound.html_name] = value
    for formset in page.context["inline_admin_formsets"]:
        for bound in formset.formset.management_form:
            answers[bound.html_name] = bound.value()
        for inner in formset.formset.initial_forms:
            for bound in inner:
                value = bound.value()
                if hasattr(bound.field.widget, "widgets"):
                    parts = bound.field.widget.decompress(value)
                    answers |= {f"{bound.html_name}_{n}": p for n, p in enumerate(parts)}
                else:
                    answers[bound.html_name] = value
    return {name: value for name, value in answers.items() if value is not None and value is not False}


def change(browser, obj, **typed):
    """Open the form of a row, write over some fields, save."""
    path = f"/admin/{obj._meta.app_label}/{obj._meta.model_name}/{obj.pk}/change/"
    return browser.post(path, fields(browser.get(path)) | typed)


def errors(response):
    """Every sentence that a refused form shows."""
    form = response.context["adminform"].form
    return {name: list(said) for name, said in form.errors.items()}
