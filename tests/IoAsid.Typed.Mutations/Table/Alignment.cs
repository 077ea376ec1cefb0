namespace IoAsid.Typed.Mutations;

/// <summary>The assignment of rows to the sites of a changed member: the longest sequence of equal shapes, and between them rows with the same operator.</summary>
internal static class Alignment
{
    private const int NoRow = -1;

    /// <summary>Returns the index of the row of each site; -1 for a site without a row.</summary>
    public static int[] Of(IReadOnlyList<KillerRow> rows, IReadOnlyList<MutationSite> sites)
    {
        int[] rowOf = Longest(rows, sites);
        int next = 0;
        for (int site = 0; site < sites.Count; site++)
        {
            if (rowOf[site] == NoRow)
                rowOf[site] = FirstBetween(rows, next, EndOf(rowOf, site, rows.Count), sites[site].Operator);
            if (rowOf[site] != NoRow)
                next = rowOf[site] + 1;
        }

        return rowOf;
    }

    private static int EndOf(int[] rowOf, int site, int rows)
    {
        int following = Array.FindIndex(rowOf, site, row => row != NoRow);
        return following < 0 ? rows : rowOf[following];
    }

    private static int FirstBetween(IReadOnlyList<KillerRow> rows, int start, int end, MutationOperator @operator)
    {
        for (int row = start; row < end; row++)
        {
            if (rows[row].IsFor(@operator))
                return row;
        }

        return NoRow;
    }

    private static int[] Longest(IReadOnlyList<KillerRow> rows, IReadOnlyList<MutationSite> sites)
    {
        int[][] length = [.. Enumerable.Range(0, rows.Count + 1).Select(_ => new int[sites.Count + 1])];
        for (int row = rows.Count - 1; row >= 0; row--)
        {
            for (int site = sites.Count - 1; site >= 0; site--)
            {
                length[row][site] = rows[row].HasShapeOf(sites[site])
                    ? length[row + 1][site + 1] + 1
                    : Math.Max(length[row + 1][site], length[row][site + 1]);
            }
        }

        int[] rowOf = new int[sites.Count];
        Array.Fill(rowOf, NoRow);
        for (int row = 0, site = 0; row < rows.Count && site < sites.Count;)
        {
            if (rows[row].HasShapeOf(sites[site]))
                rowOf[site++] = row++;
            else if (length[row + 1][site] >= length[row][site + 1])
                row++;
            else
                site++;
        }

        return rowOf;
    }
}
