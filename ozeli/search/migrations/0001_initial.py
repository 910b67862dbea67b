"""The tables of the search: documents by tier, lexemes with their document frequency, synonyms."""

from django.db import migrations, models

CREATE = """
CREATE SEQUENCE search_doc_key;
CREATE TABLE search_doc (
    key bigint NOT NULL DEFAULT nextval('search_doc_key'),
    kind varchar(32) NOT NULL,
    object uuid NOT NULL,
    audience smallint NOT NULL CONSTRAINT search_doc_audience CHECK (audience BETWEEN 0 AND 2),
    organisation bigint,
    branch bigint,
    domain bigint,
    status varchar(32) NOT NULL DEFAULT '',
    year smallint,
    score real NOT NULL DEFAULT 0,
    tier smallint NOT NULL,
    tsv tsvector NOT NULL,
    PRIMARY KEY (key, tier),
    CONSTRAINT search_doc_one UNIQUE (kind, object, tier)
) PARTITION BY LIST (tier);
ALTER SEQUENCE search_doc_key OWNED BY search_doc.key;
CREATE TABLE search_doc_0 PARTITION OF search_doc FOR VALUES IN (0);
CREATE TABLE search_doc_1 PARTITION OF search_doc FOR VALUES IN (1);
CREATE TABLE search_doc_2 PARTITION OF search_doc FOR VALUES IN (2);
CREATE INDEX search_doc_0_tsv ON search_doc_0 USING gin (tsv) WITH (fastupdate = off);
CREATE INDEX search_doc_1_tsv ON search_doc_1 USING gin (tsv) WITH (fastupdate = off);
CREATE INDEX search_doc_2_tsv ON search_doc_2 USING gin (tsv) WITH (fastupdate = off);
CREATE INDEX search_doc_score ON search_doc (score DESC, key);

CREATE TABLE search_lexeme (
    term text COLLATE "C" PRIMARY KEY,
    df integer NOT NULL,
    word text NOT NULL DEFAULT ''
) WITH (fillfactor = 70);
CREATE INDEX search_lexeme_length ON search_lexeme (char_length(term), term);
"""

DROP = """
DROP TABLE search_lexeme;
DROP TABLE search_doc;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term", models.CharField(max_length=60, unique=True, verbose_name="terme")),
                ("expansions", models.JSONField(default=list, verbose_name="équivalents")),
            ],
            options={"verbose_name": "synonyme", "ordering": ["term"]},
        ),
    ]
