"""The accounts of the demonstration: said by the command line and by the sign-in page, and nothing else.

The receipts too: each is made from the pepper of the installation, so they open nothing elsewhere.
"""

DEMO_PASSWORD = "ozeli-demo"
DEMO_ACCOUNTS = {
    "agent": "un agent : consulter, proposer, voter, commenter",
    "direction": "une direction : consulter et suivre",
    "experte": "une experte sollicitée sur des idées",
    "referente": "une référente d’organisme : qualifier et répondre",
    "contributrice": "une contributrice du réseau : animer, décider",
    "admin": "l’administration fonctionnelle : la matrice des droits",
    "superadmin": "tous les droits",
    "developpeur": "l’exploitation : santé, tâches, journaux",
}
DEMO_RECEIPTS = {
    "published": "une idée publiée, avec un échange",
    "held": "un dépôt à relire",
    "refused": "un dépôt non publié",
}
