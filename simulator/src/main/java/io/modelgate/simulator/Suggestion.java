package io.modelgate.simulator;

import java.util.Comparator;
import java.util.List;

/** What a misspelt word may have meant. */
final class Suggestion {

    private Suggestion() {}

    /** The complaint about a word that is none of those known. */
    static String unknown(String kind, String word, String where, List<String> known) {
        String nearest = known.stream()
                .min(Comparator.comparingInt(each -> distance(word, each)))
                .filter(each -> distance(word, each) <= Math.max(1, each.length() / 3))
                .map(each -> ": did you mean \"" + each + "\"?")
                .orElse("");
        return "unknown " + kind + " " + Quantity.quote(word) + " in " + where + nearest
                + (nearest.isEmpty() ? ": e" : " E") + "xpected one of " + String.join(", ", known);
    }

    /** How many letters must change (Levenshtein); a word far too long is simply far. */
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 3) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal
                        + (Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1)) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
