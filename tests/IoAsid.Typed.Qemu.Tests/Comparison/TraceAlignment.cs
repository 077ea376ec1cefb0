namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The comparison of two traces line by line.</summary>
internal static class TraceAlignment
{
    /// <summary>Pairs equal lines, and between them lines with the same subject. All other lines have no partner.</summary>
    public static IEnumerable<(string? Left, string? Right)> Align(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        int[][] common = [.. Enumerable.Range(0, left.Count + 1).Select(_ => new int[right.Count + 1])];
        for (int i = left.Count - 1; i >= 0; i--)
        {
            for (int j = right.Count - 1; j >= 0; j--)
                common[i][j] = left[i] == right[j] ? common[i + 1][j + 1] + 1 : Math.Max(common[i + 1][j], common[i][j + 1]);
        }

        int at = 0;
        int to = 0;
        List<string> onlyLeft = [];
        List<string> onlyRight = [];
        while (at < left.Count || to < right.Count)
        {
            bool isEqual = at < left.Count && to < right.Count && left[at] == right[to];
            if (isEqual)
            {
                foreach ((string?, string?) pair in Pair(onlyLeft, onlyRight))
                    yield return pair;
                yield return (left[at++], right[to++]);
            }
            else if (to == right.Count || at < left.Count && common[at + 1][to] >= common[at][to + 1])
            {
                onlyLeft.Add(left[at++]);
            }
            else
            {
                onlyRight.Add(right[to++]);
            }
        }

        foreach ((string?, string?) pair in Pair(onlyLeft, onlyRight))
            yield return pair;
    }

    /// <summary>Pairs lines with the same subject, which is the text before the first colon or equals sign.</summary>
    private static (string? Left, string? Right)[] Pair(List<string> left, List<string> right)
    {
        List<(string?, string?)> pairs = [];
        foreach (string line in left)
        {
            int partner = right.FindIndex(other => SubjectOf(other) == SubjectOf(line));
            pairs.Add((line, partner < 0 ? null : right[partner]));
            if (partner >= 0)
                right.RemoveAt(partner);
        }

        pairs.AddRange(right.Select(line => ((string?)null, (string?)line)));
        left.Clear();
        right.Clear();
        return [.. pairs];
    }

    private static string SubjectOf(string line) => line.Split(':', '=')[0];
}
