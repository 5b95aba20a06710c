package dev.qwen2api.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The figures of one run: a row for each measure, a column for each target; the median of all rounds counts. */
final class Table {

    private final List<String> columns;
    private final Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();

    Table(List<String> columns) {
        this.columns = List.copyOf(columns);
    }

    void add(String measure, String column, double value) {
        rows.computeIfAbsent(measure, row -> new LinkedHashMap<>())
                .computeIfAbsent(column, cell -> new ArrayList<>())
                .add(value);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }

    String print() {
        String head = "| measure | " + String.join(" | ", columns) + " |\n|---|" + "---:|".repeat(columns.size()) + "\n";
        return rows.entrySet().stream()
                .map(row -> "| " + row.getKey() + " | "
                        + columns.stream().map(column -> cell(row.getValue(), column)).collect(Collectors.joining(" | "))
                        + " |\n")
                .collect(Collectors.joining("", head, ""));
    }

    private static String cell(Map<String, List<Double>> row, String column) {
        List<Double> values = row.get(column);
        return values == null ? "" : number(median(values));
    }

    /** All values of all rounds. */
    String json() {
        return rows.entrySet().stream()
                .map(row -> "  \"" + row.getKey() + "\": " + json(row.getValue()))
                .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
    }

    private static String json(Map<String, List<Double>> row) {
        return row.entrySet().stream()
                .map(cell -> "\"" + cell.getKey() + "\": {\"median\": " + number(median(cell.getValue())) + ", \"rounds\": ["
                        + cell.getValue().stream().map(Table::number).collect(Collectors.joining(", ")) + "]}")
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
