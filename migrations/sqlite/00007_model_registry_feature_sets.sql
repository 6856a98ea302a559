-- A feature set may be an artifact: feature_set is then its path, and its
-- SHA-256 stands beside it, recorded once like those of the other files. The
-- sets that the program has built in are names, and have none.

-- +goose Up
ALTER TABLE model_registry ADD COLUMN feature_set_sha256 TEXT -- NULL = not recorded yet, or a built-in set
    CONSTRAINT feature_set_sha256_is_64_hex_digits CHECK (length(feature_set_sha256) = 64 AND feature_set_sha256 NOT GLOB '*[^0-9a-f]*')
    CONSTRAINT feature_set_sha256_has_a_path CHECK (feature_set_sha256 IS NULL OR feature_set NOT IN ('alpha158', 'alpha360'));

-- +goose StatementBegin
CREATE TRIGGER model_registry_feature_set_immutable BEFORE UPDATE OF feature_set_sha256 ON model_registry
WHEN OLD.feature_set_sha256 IS NOT NULL AND NEW.feature_set_sha256 IS NOT OLD.feature_set_sha256
BEGIN
    SELECT RAISE(ABORT, 'model_registry: feature_set_sha256, once recorded, cannot change, publish a new version');
END;
-- +goose StatementEnd
