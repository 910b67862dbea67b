"""The pages that are constants: they come whatever is broken, and say nothing of what was sent."""

PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title} · Dépôt anonyme</title></head>
<body><main><h1>{title}</h1><p>{text}</p>
<p><a href="/">Revenir à l’accueil du dépôt anonyme</a></p></main></body></html>
"""
_KEPT = "Revenez à la page précédente\u00a0: votre navigateur a gardé votre texte."
_NO_TRACE = f"Nous n’avons gardé aucune trace de votre passage. {_KEPT} Recommencez dans un moment."
FIXED = {
    400: ("Cette demande est incomplète", f"Elle n’est pas arrivée entière. {_KEPT}"),
    404: ("Cette page n’existe pas", "L’adresse est incomplète, ou la page n’existe plus."),
    405: ("Cette demande n’est pas possible", "Revenez à l’accueil et recommencez."),
    411: ("Cette demande n’annonce pas sa taille", _KEPT),
    413: (
        "C’est trop lourd",
        f"Deux images de 5\u00a0Mo au plus. {_KEPT} Retirez une image, puis recommencez.",
    ),
    414: ("Cette adresse est trop longue", "Revenez à l’accueil et recommencez."),
    421: (
        "Ce n’est pas la bonne adresse",
        "Le dépôt anonyme a une adresse à lui, différente de celle du portail, pour que rien ne vous y suive.",
    ),
    500: ("Une panne de notre côté", _NO_TRACE),
    503: ("Le dépôt anonyme n’est pas disponible", _NO_TRACE),
}
REASONS = {
    200: "OK",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    411: "Length Required",
    413: "Content Too Large",
    414: "URI Too Long",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
