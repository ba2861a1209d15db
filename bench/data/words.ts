const SYLLABLES =
  'ba be bo da de di do fa fe ga go ha he jo ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se si so ta te ti to va ve vi wa we xa ya yo za ze';
const ENDINGS = 'n r s l th nd rk lm st x sk rt ll ck';
const TOPICS =
  'billing invoices orders shipping stock payroll weather maps fleet tickets loyalty reports sensors pricing search media booking claims grading routing';
const FORMS = 'sync import export dashboard service bot mobile portal batch gateway monitor mirror';

const drawFrom = (words: string): string => {
  const all = words.split(' ');
  return `select (array['${all.join("','")}'])[1 + pg_temp.pick(n, salt, ${String(all.length)})]`;
};

/**
 * Functions of a session with which SQL makes rows. Each text is derived from the number of its row and a salt, so that
 * every load gives the same texts.
 */
export const FUNCTIONS = `
  create function pg_temp.pick(n bigint, salt int, many int) returns int language sql immutable as
    $$ select ((hashint8extended(n, salt) & 9223372036854775807) % many)::int $$;
  create function pg_temp.syllable(n bigint, salt int) returns text language sql immutable as $$ ${drawFrom(SYLLABLES)} $$;
  create function pg_temp.ending(n bigint, salt int) returns text language sql immutable as $$ ${drawFrom(ENDINGS)} $$;
  create function pg_temp.topic(n bigint, salt int) returns text language sql immutable as $$ ${drawFrom(TOPICS)} $$;
  create function pg_temp.form(n bigint, salt int) returns text language sql immutable as $$ ${drawFrom(FORMS)} $$;
  create function pg_temp.first_name(n bigint) returns text language sql immutable as
    $$ select pg_temp.syllable(n, 1) || pg_temp.syllable(n, 2) || pg_temp.ending(n, 3) $$;
  create function pg_temp.last_name(n bigint) returns text language sql immutable as
    $$ select pg_temp.syllable(n, 4) || pg_temp.syllable(n, 5) || pg_temp.syllable(n, 6) || pg_temp.ending(n, 7) $$;
  create function pg_temp.row_id(kind int, made timestamptz, n bigint) returns uuid language sql immutable as
    $$ select (lpad(to_hex((extract(epoch from made) * 1000)::bigint), 12, '0') || '700' || kind || '8000' || lpad(to_hex(n), 12, '0'))::uuid $$;
`;
