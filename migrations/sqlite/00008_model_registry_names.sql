-- The name of a strategy or a version stands in terminals, logs and commands:
-- it is printable, on one line, read in one direction, and of at most 128
-- characters. Rows that are there already keep the names that they have.

-- +goose Up

-- The numbers are ranges of characters (45 is the dash): control characters,
-- spaces other than the one of ASCII, what joins, hides or turns other
-- characters around, private use, tags.
-- +goose StatementBegin
CREATE TRIGGER model_registry_names BEFORE INSERT ON model_registry
BEGIN
    SELECT CASE
        WHEN length(NEW.strategy_name) > 128 OR NEW.strategy_name <> substr(NEW.strategy_name, 1, length(NEW.strategy_name)) -- a NUL ends what length sees
            OR NEW.strategy_name GLOB '*[' || char(1, 45, 31, 127, 45, 160, 173, 1564, 5760, 6158, 8192, 45, 8207, 8232, 45, 8239, 8287, 45, 8303, 12288, 57344, 45, 63743, 65279, 65529, 45, 65531, 917504, 45, 921599) || ']*'
            THEN RAISE(ABORT, 'model_registry: strategy_name must be printable, of at most 128 characters')
        WHEN length(NEW.version) > 128 OR NEW.version <> substr(NEW.version, 1, length(NEW.version)) -- a NUL ends what length sees
            OR NEW.version GLOB '*[' || char(1, 45, 31, 127, 45, 160, 173, 1564, 5760, 6158, 8192, 45, 8207, 8232, 45, 8239, 8287, 45, 8303, 12288, 57344, 45, 63743, 65279, 65529, 45, 65531, 917504, 45, 921599) || ']*'
            THEN RAISE(ABORT, 'model_registry: version must be printable, of at most 128 characters')
    END;
END;
-- +goose StatementEnd
