using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.Typing;

/// <summary>IOASID1008, its fix, and the compiler's CS8509 where nothing is missing.</summary>
public sealed class MissingSubtypeAnalyzerTests
{
    private const string Hierarchy = """
        abstract class Binding { private protected Binding() { } public int Users; }
        sealed class Native : Binding;
        abstract class Virtual : Binding { internal Virtual() { } }
        sealed class Guest : Virtual { public string Name = ""; }
        sealed class Nested : Virtual;

        class Tables { IoAsidSet<Binding>? sva; IoAsidSet<Shape>? shapes; IoAsidSet<Open>? open; Func<Task<IoAsidReference<Rec>>>? recs; object All => (sva, shapes, open, recs); }

        abstract class Shape { private Shape() { } public sealed class Circle : Shape; public sealed class Square : Shape; }
        abstract class Open { private protected Open() { } }
        sealed class Leaf : Open;
        class Unsealed : Open;
        abstract record Rec { private protected Rec() { } }
        sealed record RecA : Rec;
        sealed record RecB(int Users) : Rec;
        abstract class Unrelated { private protected Unrelated() { } }
        sealed class UnrelatedA : Unrelated;
        sealed class UnrelatedB : Unrelated;
        """;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Switch expressions over closed hierarchies and other types.</summary>
    [Theory]
    // A subtype has no arm.
    [InlineData("b {|IOASID1008:switch|} { Native => 1, Guest => 2 }")]
    [InlineData("b {|IOASID1008:switch|} { Native => 1, Guest => 2, _ => throw new Exception() }")]
    [InlineData("b {|IOASID1008:switch|} { Native => 1, Guest => 2, var x => throw new Exception(x.ToString()) }")]
    [InlineData("b {|IOASID1008:switch|} { Native => 1, Guest => 2, { } => throw new Exception(), null => 0 }")]
    [InlineData("b {|IOASID1008:switch|} { Native => 1, Binding => throw new Exception() }")]
    [InlineData("b {|IOASID1008:switch|} { not Native => 1, _ => throw new Exception() }")]
    [InlineData("b {|IOASID1008:switch|} { Native or Guest => 1, _ => throw new Exception() }")]
    [InlineData("v {|IOASID1008:switch|} { Guest { Name: \"vm\" } g => 1, _ => throw new Exception() }")]
    [InlineData("hold.Data {|IOASID1008:switch|} { Guest => 1, _ => throw new Exception() }")]
    [InlineData("sva.Find(default).Data {|IOASID1008:switch|} { Guest => 1, null => 0, _ => throw new Exception() }")]
    [InlineData("shape {|IOASID1008:switch|} { Shape.Circle => 1, _ => throw new Exception() }")]
    [InlineData("rec {|IOASID1008:switch|} { RecB(var users) => users, _ => throw new Exception() }")]
    [InlineData("foreign.Data {|IOASID1008:switch|} { UnrelatedA => 1, _ => throw new Exception() }")]
    // Each subtype has an arm, a general arm does not throw, or no arm tests a type.
    [InlineData("b switch { Native => 1, Guest => 2, Nested => 3 }")]
    [InlineData("b switch { Native => 1, Virtual => 2 }")]
    [InlineData("b switch { Native => 1, Virtual => 2, _ => throw new Exception() }")]
    [InlineData("b switch { Native => 1, _ => 2 }")]
    [InlineData("b switch { Native => 1, not Native => 2 }")]
    [InlineData("b switch { Native => 1, Guest or Nested => throw new NotSupportedException() }")]
    [InlineData("b switch { Native => 1, Guest => throw new NotSupportedException(), Nested => 3, _ => throw new Exception() }")]
    [InlineData("b switch { Native { Users: 1 } => 1, Native => 2, Guest g when g.Users > 0 => 3, Nested => 4, _ => throw new Exception() }")]
    [InlineData("b switch { { Users: 0 } => 1, _ => throw new Exception() }")]
    [InlineData("b switch { { Users: 0 } => 1, Native => 2, _ => throw new Exception() }")]
    [InlineData("b switch { null => 1, _ => throw new Exception() }")]
    [InlineData("v switch { Guest => 1, Nested => 2 }")]
    [InlineData("rec switch { RecA => 1, RecB(_) => 2 }")]
    // Not closed, or not looked up.
    [InlineData("open switch { Leaf => 1, _ => throw new Exception() }")]
    [InlineData("other switch { UnrelatedA => 1, _ => throw new Exception() }")]
    [InlineData("text switch { \"\" => 1, _ => throw new Exception() }")]
    [InlineData("text?.Length switch { 1 => 1, _ => throw new Exception() }")]
    public Task Expression(string expression) => Verify($$"""
        class Handler
        {
            int M(Binding b, Virtual v, Shape shape, Open open, Rec rec, Unrelated other, string? text, IoAsidReader<Binding> sva, IoAsidHold<Binding> hold)
            {
                {{(expression.StartsWith("foreign", StringComparison.Ordinal) ? "using var foreign = new IoAsidSpace().CreateSet<Unrelated>(\"\").Hold(default);" : "")}}
                return {{expression}};
            }
        }
        """);

    /// <summary>The sections of a switch statement.</summary>
    [Theory]
    [InlineData("{|IOASID1008:switch|} (b) { case Native: break; case Guest g: break; }")]
    [InlineData("{|IOASID1008:switch|} (b) { case Native: break; default: throw new Exception(); }")]
    [InlineData("{|IOASID1008:switch|} (b) { case Native: break; case null: default: Console.WriteLine(); throw new Exception(); }")]
    [InlineData("{|IOASID1008:switch|} (b) { case Native: break; default: { throw new Exception(); } }")]
    [InlineData("switch (b) { case Native: case null: break; case Virtual when b.Users == 0: break; default: throw new Exception(); }")]
    [InlineData("switch (b) { case Native: break; case Virtual: break; }")]
    [InlineData("switch (b) { case Native: break; default: break; }")]
    [InlineData("switch (b) { case Native: break; default: if (b.Users == 0) break; throw new Exception(); }")]
    [InlineData("switch (b.Users) { case 1: break; default: throw new Exception(); }")]
    public Task Statement(string statement) => Verify($$"""class Handler { void M(Binding b) { {{statement}} } }""");

    [Fact]
    public Task A_subtype_that_cannot_be_named_here() => Verify("""
        class Handler { int M(Binding b) => b switch { Native => 1, _ => throw new Exception() }; }
        """, hierarchy: """
        public abstract class Binding { private protected Binding() { } }
        public sealed class Native : Binding;
        public class Holder { sealed class Hidden : Binding; IoAsidSet<Binding>? set; object? Set => set; }
        """);

    [Fact]
    public async Task Message() => Assert.Equal(
        "This switch over 'Binding' has no arm for 'Guest', 'Nested', which a lookup may return too; add it",
        await Messages.OnlyAsync<MissingSubtypeAnalyzer>(Hierarchy + "class Handler { void M(Binding b) { switch (b) { case Native: break; } } }", Cancellation));

    [Fact]
    public Task Fix_of_expressions() => new FixTest<MissingSubtypeAnalyzer, MissingSubtypeCodeFixProvider>(
        Hierarchy + """

        class Handler
        {
            int M(Binding b) => b {|IOASID1008:switch|}
            {
                Native => 1, // ours
                // never
                _ => throw new Exception(),
            };

            int N(Binding b) => b {|IOASID1008:switch|} { Native => 1, Guest => 2 };

            int O(Binding b) => b {|IOASID1008:switch|}
            {
                Native { Users: 1 } => 1,
                Native => 2
            };
        }
        """,
        Hierarchy + """

        class Handler
        {
            int M(Binding b) => b switch
            {
                Native => 1, // ours
                Guest => throw new NotImplementedException(),
                Nested => throw new NotImplementedException(),
                // never
                _ => throw new Exception(),
            };

            int N(Binding b) => b switch { Native => 1, Guest => 2, Nested => throw new NotImplementedException(), };

            int O(Binding b) => b switch
            {
                Native { Users: 1 } => 1,
                Native => 2,
                Guest => throw new NotImplementedException(),
                Nested => throw new NotImplementedException(),
            };
        }
        """)
    {
        CompilerDiagnostics = CompilerDiagnostics.Errors,
    }.RunAsync(Cancellation);

    [Fact]
    public Task Fix_of_statements() => new FixTest<MissingSubtypeAnalyzer, MissingSubtypeCodeFixProvider>(
        Hierarchy + """

        class Handler
        {
            void M(Binding b)
            {
                {|IOASID1008:switch|} (b)
                {
                    case Native: // ours
                        break;
                    // never
                    default:
                        throw new Exception();
                }
            }
        }
        """,
        Hierarchy + """

        class Handler
        {
            void M(Binding b)
            {
                switch (b)
                {
                    case Native: // ours
                        break;
                    case Guest:
                        throw new NotImplementedException();
                    case Nested:
                        throw new NotImplementedException();
                    // never
                    default:
                        throw new Exception();
                }
            }
        }
        """).RunAsync(Cancellation);

    /// <summary>The compiler's warning that a switch expression is not exhaustive is suppressed only if the switch is exhaustive.</summary>
    [Theory]
    [InlineData("b switch { Native => 1, Guest => 2, Nested => 3 }", true)]
    [InlineData("b switch { Native => 1, Virtual { } v => 2 }", true)]
    [InlineData("shape switch { Shape.Circle => 1, Shape.Square => 2 }", true)]
    [InlineData("rec switch { RecA => 1, RecB(_) => 2 }", true)]
    [InlineData("b switch { Native => 1, Guest => 2 }", false)]
    [InlineData("b switch { Native => 1, Guest when b.Users > 0 => 2, Nested => 3 }", false)]
    [InlineData("b switch { Native => 1, Guest { Name: \"vm\" } => 2, Nested => 3 }", false)]
    [InlineData("open switch { Leaf => 1, Unsealed => 2 }", false)]
    [InlineData("other switch { UnrelatedA => 1, UnrelatedB => 2 }", false)]
    public async Task Compiler_warning(string expression, bool suppressed)
    {
        string code = Hierarchy + $"class Handler {{ int M(Binding b, Shape shape, Open open, Rec rec, Unrelated other) => {expression}; }}";
        Compilation compilation = AllRules.Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);
        Assert.Contains(compilation.GetDiagnostics(Cancellation), diagnostic => diagnostic.Id is "CS8509");

        ImmutableArray<Diagnostic> left = await compilation.WithAnalyzers([.. AllRules.Suppressors]).GetAllDiagnosticsAsync(Cancellation);

        Assert.Equal(suppressed, !left.Any(diagnostic => diagnostic.Id is "CS8509"));
    }

    private static Task Verify(string code, string hierarchy = Hierarchy) =>
        new RuleTest<MissingSubtypeAnalyzer>($"{hierarchy}\n{code}") { CompilerDiagnostics = CompilerDiagnostics.Errors }.RunAsync(Cancellation);
}
