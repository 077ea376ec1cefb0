using IoAsid.Typed.Analyzers.Tests.Verification;

namespace IoAsid.Typed.Analyzers.Tests.Lifetimes;

/// <summary>Code under test for the lifetime rules: statements, in a method of a driver with sets, handles and an id.</summary>
internal static class LifetimeCode
{
    public static Task VerifyStatements(string statements, string returns = "void") => Verify($$"""
        class Handler
        {
            IoAsidReference? kept;
            readonly List<IoAsidReference> all = [];
            readonly Drain drain = new();

            {{returns}} M(
                IoAsidSet<SvaBinding> sva, IoAsidSet vm, IoAsidReader<SvaBinding> reader, IoAsidHandle<SvaBinding> handle, IoAsidHandle<SvaBinding> other,
                RawIoAsid id, RawIoAsid id2, bool flag, int number, Exception error)
            {
                {{statements}}
            }

            static void Unknown(object? value) { }
            static void UnknownHold(IoAsidHold<SvaBinding> hold) { }
            static void Take([TakesOwnership] IoAsidReference mine) => mine.Dispose();
            static void Number(RawIoAsid id) { }
            static bool Try(out int value) { value = 0; return true; }
            static int Next() => 0;
        }

        class Drain : IoAsidDrain
        {
            public DrainReceipt Of(IoAsidBinding binding) => Certify(binding);
        }
        """);

    public static Task Verify(string code) =>
        new RuleTest<LifetimeAnalyzer>($"using System.Collections.Generic;\nusing System.Linq;\nusing System.Threading;\n{code}").RunAsync(TestContext.Current.CancellationToken);
}
