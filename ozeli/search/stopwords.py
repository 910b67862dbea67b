"""French words that carry no subject: never indexed, never searched, never counted as shared.

Written for this project. Accents do not matter here (words are folded before they are compared).
"""

from ozeli.core.french import fold

_TEXT = """
à a au aux afin ai aie aient ainsi alors après as assez aucun aucune aucuns aujourd auquel auquels auxquels auxquelles
aura aurait auraient auront aussi autant autre autres autrement avaient avais avait avant avec avez avoir avons ayant
beaucoup bien bon bonne bons bonnes bonjour c ça car ce ceci cela celle celles celui cependant certain certaine
certaines certains certes ces cet cette ceux chaque chacun chacune chez ci comme comment concernant contre cordialement
d dans de déjà depuis des desquels dès dessous dessus deux devoir devrait devraient devra devront divers dois doit
doivent donc dont du dû duquel durant elle elles en encore enfin ensuite entre envers est et étaient étais était étant
etc été être eu eux évidemment fait faire fais faisant faisait faite faites faits fasse fassent faudra faudrait faut
fera feront fois font fut grâce grand grande grandes grands hors hui ici idem il ils j je jamais jusqu jusque juste l la
là laquelle le lequel les lesquels lesquelles leur leurs lors lorsqu lorsque lui m ma maintenant mais malgré me même
mêmes merci mes mettre met mettent mieux moi moins mon n ne néanmoins ni non nos notre nôtre nous nul nulle ok on ont or
ou où oui outre par parce parfois parmi pas pendant peu peut peuvent peux plus plusieurs plutôt pour pourquoi pourra
pourraient pourrait pourront pourtant pouvant pouvoir pouvait près puis puisqu puisque pu qu quand quant que quel quelle
quelles quelqu quelque quelques quels qui quid quiconque quoi quoique s sa sans sauf se selon sera serait seraient
seront ses seul seule seulement si sien sinon soi soient sois soit son sont sous souvent soyons suis suite sur surtout t
ta tandis tant te tel telle telles tels tes toi ton toujours tous tout toute toutefois toutes très trop tu un une unes
uns va vais vas veut veulent vers via voici voilà voir vont vos votre vôtre vous vraiment vu y
the of and to in is for http https www com fr html
"""

STOP_WORDS = frozenset(fold(word) for word in _TEXT.split())

# A stop word in small letters, an acronym in capitals (système d’information).
CAPITALS_KEPT = frozenset({"SI"})
