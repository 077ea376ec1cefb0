using IoAsid.Typed.Benchmarks.Counters;

namespace IoAsid.Typed.Benchmarks.Tests;

public sealed class CallgrindTests
{
    private static readonly string[] s_file =
    [
        "version: 1",
        "events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw Ge",
        "",
        "fn=(18) Scoped",
        "3 1 2 3",
        "totals: 4000 1000 500 7 60 40 1 8 2 300",
    ];

    [Fact]
    public void Counts_are_the_sums_of_the_file() => Assert.Equal(new Counts(4000, 1000, 500, 300, 100, 10), Callgrind.Parse(s_file));

    [Fact]
    public void Zeros_that_the_file_leaves_out_are_counted() =>
        Assert.Equal(new Counts(4000, 1000, 0, 0, 0, 0), Callgrind.Parse([s_file[1], "totals: 4000 1000"]));

    [Fact]
    public void Counts_are_divided_by_operations() => Assert.Equal(new Counts(40, 10, 5, 3, 1, 0.1), Callgrind.Parse(s_file) / 100);
}
