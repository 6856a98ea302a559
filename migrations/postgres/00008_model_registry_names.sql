-- The name of a strategy or a version stands in terminals, logs and commands:
-- it is printable, on one line, read in one direction, and of at most 128
-- characters. Rows that are there already keep the names that they have.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION model_registry_names() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- Control characters, spaces other than the one of ASCII, what joins,
    -- hides or turns other characters around, private use, tags.
    unprintable CONSTANT text := '[\u0001-\u001f\u007f-\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ue000-\uf8ff\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]';
BEGIN
    IF char_length(NEW.strategy_name) > 128 OR NEW.strategy_name ~ unprintable THEN
        RAISE EXCEPTION 'model_registry: strategy_name must be printable, of at most 128 characters' USING ERRCODE = 'check_violation';
    END IF;
    IF char_length(NEW.version) > 128 OR NEW.version ~ unprintable THEN
        RAISE EXCEPTION 'model_registry: version must be printable, of at most 128 characters' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER model_registry_names BEFORE INSERT ON model_registry
    FOR EACH ROW EXECUTE FUNCTION model_registry_names();
