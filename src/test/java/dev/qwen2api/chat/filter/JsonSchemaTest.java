package dev.qwen2api.chat.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static Optional<String> violation(String schema, String value) throws Exception {
        return new JsonSchema(JSON.readTree(schema)).violation(JSON.readTree(value));
    }

    /** Every row is also held against a full validator. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {"type":"object","required":["name"]} | {"nam":"Ann"} | false
                    {"type":"object","required":["name"]} | {"name":"Ann"} | true
                    {"type":"object"} | [1,2] | false
                    {"type":["array","null"]} | null | true
                    {"type":"integer"} | 1.5 | false
                    {"type":"integer"} | 2.0 | true
                    {"enum":["a",1]} | 1.0 | true
                    {"enum":["a","b"]} | "c" | false
                    {"const":{"a":[1]}} | {"a":[1]} | true
                    {"properties":{"a":{"type":"string"}},"additionalProperties":false} | {"a":"x","b":1} | false
                    {"properties":{"a":{"type":"string"}},"additionalProperties":{"type":"integer"}} | {"a":"x","b":1} | true
                    {"patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false} | {"xy":1} | true
                    {"patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false} | {"xy":"1"} | false
                    {"propertyNames":{"maxLength":2}} | {"abc":1} | false
                    {"dependentRequired":{"a":["b"]}} | {"a":1} | false
                    {"minProperties":1} | {} | false
                    {"items":{"type":"integer"}} | [1,"2"] | false
                    {"prefixItems":[{"type":"string"}],"items":false} | ["a",1] | false
                    {"prefixItems":[{"type":"string"}]} | ["a",1] | true
                    {"minItems":2} | [1] | false
                    {"maxItems":1} | [1,2] | false
                    {"uniqueItems":true} | [1,1] | false
                    {"contains":{"type":"string"}} | [1,2] | false
                    {"minLength":2} | "😀" | false
                    {"maxLength":1} | "😀" | true
                    {"pattern":"^[a-z]+$"} | "aB" | false
                    {"pattern":"b"} | "abc" | true
                    {"minimum":3} | 2 | false
                    {"exclusiveMaximum":3} | 3 | false
                    {"maximum":3} | 3 | true
                    {"multipleOf":0.1} | 0.3 | true
                    {"multipleOf":2} | 3 | false
                    {"anyOf":[{"type":"string"},{"type":"null"}]} | 1 | false
                    {"oneOf":[{"type":"number"},{"type":"integer"}]} | 1 | false
                    {"allOf":[{"minimum":1},{"maximum":2}]} | 3 | false
                    {"not":{"type":"string"}} | "a" | false
                    {"if":{"type":"string"},"then":{"minLength":3},"else":{"minimum":1}} | "ab" | false
                    {"if":{"type":"string"},"then":{"minLength":3},"else":{"minimum":1}} | 1 | true
                    {"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}} | 1 | false
                    {"$defs":{"node":{"properties":{"next":{"$ref":"#/$defs/node"},"v":{"type":"integer"}}}},"$ref":"#/$defs/node"} | {"next":{"next":{"v":"x"}}} | false
                    {"format":"email"} | "no address" | true
                    """)
    void a_value_is_judged_as_by_a_full_validator(String schema, String value, boolean valid) throws Exception {
        JsonNode read = JSON.readTree(value);
        assertEquals(valid, violation(schema, value).isEmpty(), () -> schema + " " + read);
        boolean full = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema, InputFormat.JSON)
                .validate(value, InputFormat.JSON)
                .isEmpty();
        assertEquals(full, valid, "the full validator");
    }

    @Test
    void a_violation_names_its_place() throws Exception {
        assertEquals(
                Optional.of("$.people[1].name is missing"),
                violation(
                        "{\"properties\":{\"people\":{\"items\":{\"required\":[\"name\"]}}}}",
                        "{\"people\":[{\"name\":1},{}]}"));
    }

    @Test
    void no_schema_takes_long() {
        String pattern = "{\"pattern\":\"^(a+)+$\"}";
        String deep = "{\"pattern\":\"^(a|b)*$\"}";
        String loop = "{\"$ref\":\"#\"}";
        String fan = "{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}],\"allOf\":[{\"$ref\":\"#\"}]}";
        String text = "\"" + "a".repeat(50_000) + "!\"";
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (String schema : new String[] {pattern, deep, loop, fan}) {
                violation(schema, text);
            }
        });
    }

    /** Java repeats what is empty as often as a pattern says, without a look at the text. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?:(?:(?:){4000}){4000}){4000}",
                "^{2000000000}(?:(?:(?:){4000}){4000}){4000}",
                "(?x)(?:(?:(?:) {4000}) {4000}) {4000}",
                "()()()()()()()()()()()()(?:(?:\\\\12{4000}){4000}){4000}"
            })
    void no_pattern_that_repeats_nothing_takes_long(String pattern) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertEquals(Optional.empty(), violation("{\"pattern\":\"" + pattern + "\"}", "\"zzz\"")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"items\":{\"enum\":[LIST]}}",
                "{\"items\":{\"type\":[LIST]}}",
                "{\"items\":{\"required\":[LIST]}}",
                "{\"items\":{\"dependentRequired\":{\"a\":[LIST]}}}",
                "{\"items\":{\"$ref\":\"#/LONG\"}}"
            })
    void no_list_of_a_schema_takes_long_for_many_values(String schema) {
        String list = "\"z\",".repeat(100_000) + "\"x\"";
        String large = schema.replace("LIST", list).replace("LONG", "a/".repeat(100_000));
        String values = "[" + "{\"z\":1,\"x\":2,\"a\":3},".repeat(50_000) + "{}]";
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> violation(large, values));
    }

    @Test
    void a_pattern_with_repeated_groups_is_validated() throws Exception {
        String address = "{\"items\":{\"pattern\":\"^(\\\\d{1,3}\\\\.){3}\\\\d{1,3}$\"}}";
        String uuid = "{\"pattern\":\"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$\"}";
        assertEquals(Optional.empty(), violation(address, "[\"10.0.0.1\"]"));
        assertTrue(violation(address, "[\"10.0.0.1\",\"10.0.1\"]").isPresent());
        assertTrue(violation(uuid, "\"0a1b2c3d-0000-0000-0000\"").isPresent());
    }

    @Test
    void a_reference_elsewhere_is_not_followed() throws Exception {
        assertEquals(Optional.empty(), violation("{\"$ref\":\"http://127.0.0.1:1/schema\"}", "1"));
    }
}
