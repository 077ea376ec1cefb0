namespace IoAsid.Typed.Sources.Tests;

/// <summary>The comparison of violations with the folders and files that do not follow a rule yet.</summary>
internal static class NotYet
{
    /// <summary>Asserts that violations occur in the listed folders only, and in each of them, so that the list can only shrink.</summary>
    /// <param name="notYet">The folders and files that do not follow the rule yet.</param>
    /// <param name="violations">The violations, each beginning with its path.</param>
    public static void AssertOnlyIn(IReadOnlyList<string> notYet, IEnumerable<string> violations)
    {
        string[] all = [.. violations];
        string[] unexpected = [.. all.Where(place => !IsBelow(place, notYet))];
        string[] done = [.. notYet.Where(folder => !all.Any(place => IsBelow(place, [folder])))];
        Assert.True(unexpected.Length == 0, string.Join(Environment.NewLine, [$"{unexpected.Length} places differ:", .. unexpected]));
        Assert.True(done.Length == 0, $"These follow the rule now; take them out of the list: {string.Join(", ", done)}");
    }

    /// <summary>Returns true if a path is in one of the folders, or is one of the files.</summary>
    public static bool IsBelow(string path, IReadOnlyList<string> folders) => folders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal));
}
