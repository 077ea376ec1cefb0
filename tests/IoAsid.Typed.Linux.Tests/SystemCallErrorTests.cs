namespace IoAsid.Typed.Linux.Tests;

public sealed class SystemCallErrorTests
{
    private static IEnumerable<(string Call, Errno Error, string Explanation)> Rows => SystemCallErrors.All();

    [Fact]
    public void Each_error_has_a_name_and_an_explanation_that_is_a_sentence()
    {
        Assert.All(Enum.GetValues<Errno>().Where(error => error != Errno.None), error => Assert.StartsWith("E", SystemCallErrors.NameOf(error)));
        Assert.All(Rows, row => Assert.EndsWith(".", row.Explanation));
        Assert.All(Rows, row => Assert.True(Enum.IsDefined(row.Error)));
    }

    [Fact]
    public void A_call_and_an_error_are_explained_once() =>
        Assert.Equal(Rows.Count(), Rows.Select(row => (row.Call, row.Error)).Distinct().Count());

    [Fact]
    public void A_message_names_call_subject_and_error_and_says_what_to_do()
    {
        SystemCallException exception = new("IOMMU_IOAS_MAP", Errno.NoMemory, "IOAS 3");
        Assert.Equal(
            "IOMMU_IOAS_MAP of IOAS 3 failed with ENOMEM (12). The limit on locked memory (RLIMIT_MEMLOCK) or memory is exhausted. Raise the limit (ulimit -l).",
            exception.Message);
    }

    [Fact]
    public void An_error_that_no_call_lists_is_explained_in_general() =>
        Assert.Contains("newer kernel", SystemCallErrors.Explain("IOMMU_IOAS_ALLOC", Errno.NoSuchCall));

    [Fact]
    public void An_unknown_error_refers_to_the_log_of_the_kernel() =>
        Assert.Contains("dmesg", SystemCallErrors.Explain("IOMMU_IOAS_ALLOC", (Errno)133));

    [Fact]
    public void The_documentation_has_the_same_table()
    {
        string[] documented = [.. File.ReadLines(Path.Join(AppContext.BaseDirectory, "linux.md")).SkipWhile(line => line != "| call | error | meaning |").Skip(2)];
        Assert.Equal(Rows.Select(row => $"| {Cell(row.Call)} | `{SystemCallErrors.NameOf(row.Error)}` | {row.Explanation} |"), documented);

        static string Cell(string call) => call == "any" ? "any other" : char.IsUpper(call[0]) ? $"`{call}`" : call;
    }
}
