-- A feature set may be an artifact: feature_set is then its path, and its
-- SHA-256 stands beside it, recorded once like those of the other files. The
-- sets that the program has built in are names, and have none.

-- +goose Up
ALTER TABLE model_registry ADD COLUMN feature_set_sha256 TEXT; -- NULL = not recorded yet, or a built-in set
ALTER TABLE model_registry
    ADD CONSTRAINT feature_set_sha256_is_64_hex_digits CHECK (feature_set_sha256 ~ '^[0-9a-f]{64}$'),
    ADD CONSTRAINT feature_set_sha256_has_a_path CHECK (feature_set_sha256 IS NULL OR feature_set NOT IN ('alpha158', 'alpha360'));

-- +goose StatementBegin
CREATE FUNCTION model_registry_feature_set_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'model_registry: feature_set_sha256 of a published release cannot change, publish a new version' USING ERRCODE = 'check_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER model_registry_feature_set_guard BEFORE UPDATE OF feature_set_sha256 ON model_registry FOR EACH ROW
    WHEN (OLD.feature_set_sha256 IS NOT NULL AND NEW.feature_set_sha256 IS DISTINCT FROM OLD.feature_set_sha256)
    EXECUTE FUNCTION model_registry_feature_set_guard();
