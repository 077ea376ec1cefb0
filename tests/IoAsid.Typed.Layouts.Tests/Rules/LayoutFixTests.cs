using IoAsid.Typed.Layouts.CodeFixes;
using IoAsid.Typed.Layouts.Tests.Verification;

namespace IoAsid.Typed.Layouts.Tests.Rules;

public sealed class LayoutFixTests
{
    [Fact]
    public Task Properties_become_partial() => new FixTest<PartialCodeFixProvider>(
        """
        [BitLayout("Entry", 64)]
        public readonly partial record struct Entry
        {
            /// <summary>A field.</summary>
            [Bits("A", 0)] public bool {|IOASID5006:A|} { get; init; }

            [Bits("B", 1)]
            // Kept.
            bool {|IOASID5006:B|} { get; }

            [Bits("C", 2, 3)] internal byte {|IOASID5006:C|} { get; private set; }

            [Bits("D", 4)] public partial bool {|IOASID5006:D|} { get; set; }

            [Bits("E", 5)] public bool {|IOASID5006:E|} => true;

            [Bits("F", 6)] public bool {|IOASID5006:F|} { get; } = true;
        }
        """,
        """
        [BitLayout("Entry", 64)]
        public readonly partial record struct Entry
        {
            /// <summary>A field.</summary>
            [Bits("A", 0)] public partial bool A { get; init; }

            [Bits("B", 1)]
            // Kept.
            partial bool B { get; }

            [Bits("C", 2, 3)] internal partial byte C { get; private init; }

            [Bits("D", 4)] public partial bool D { get; init; }

            [Bits("E", 5)] public bool {|IOASID5006:E|} => true;

            [Bits("F", 6)] public bool {|IOASID5006:F|} { get; } = true;
        }
        """).RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task Types_become_partial() => new FixTest<PartialCodeFixProvider>(
        """
        public static class Outer
        {
            // Kept.
            class Middle
            {
                /// <summary>An entry.</summary>
                [BitLayout("Entry", 64)]
                public readonly partial record struct {|IOASID5006:Entry|};
            }

            [BitLayout("Other", 64)]
            private record struct {|IOASID5006:Other|};
        }

        [BitLayout("Bare", 64)]
        record struct {|IOASID5006:Bare|}
        {
            [Bits("A", 0)] public bool {|IOASID5006:A|} { get; init; }
        }

        [BitLayout("Plain", 64)]
        public struct {|IOASID5006:Plain|};
        """,
        """
        public static partial class Outer
        {
            // Kept.
            partial class Middle
            {
                /// <summary>An entry.</summary>
                [BitLayout("Entry", 64)]
                public readonly partial record struct Entry;
            }

            [BitLayout("Other", 64)]
            private partial record struct Other;
        }

        [BitLayout("Bare", 64)]
        partial record struct Bare
        {
            [Bits("A", 0)] public partial bool A { get; init; }
        }

        [BitLayout("Plain", 64)]
        public struct {|IOASID5006:Plain|};
        """).RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task Narrow_types_become_wide_enough() => new FixTest<WiderTypeCodeFixProvider>(
        """
        [BitLayout("Entry", 128)]
        public readonly partial record struct Entry
        {
            [Bits("A", 0, 8)] public partial {|IOASID5004:byte|} A { get; init; }

            [Bits("B", 9, 10)] public partial /* one bit */ {|IOASID5004:bool|} B { get; init; }

            [Bits("C", 11, 42)] public partial {|IOASID5004:int|} C { get; init; }

            [Bits("D", 64, 127)] public partial {|IOASID5004:System.Int64|} D { get; init; }

            [Bits("E", 43, 50)] public partial {|IOASID5004:string|} E { get; init; }
        }
        """,
        """
        [BitLayout("Entry", 128)]
        public readonly partial record struct Entry
        {
            [Bits("A", 0, 8)] public partial ushort A { get; init; }

            [Bits("B", 9, 10)] public partial /* one bit */ byte B { get; init; }

            [Bits("C", 11, 42)] public partial uint C { get; init; }

            [Bits("D", 64, 127)] public partial ulong D { get; init; }

            [Bits("E", 43, 50)] public partial {|IOASID5004:string|} E { get; init; }
        }
        """).RunAsync(TestContext.Current.CancellationToken);
}
