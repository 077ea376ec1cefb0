using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;

namespace IoAsid.Typed.Analyzers.Tests.Typing;

/// <summary>IOASID1010: members that read a plain table by a number.</summary>
public sealed class LooksUntypedAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    // Tables of every kind.
    [InlineData("internal object? {|IOASID1010:Find|}(uint pasid) => objects[pasid];")]
    [InlineData("public object? {|IOASID1010:Find|}(uint pasid) => objects.TryGetValue(pasid, out var found) ? found : null;")]
    [InlineData("internal object? {|IOASID1010:Find|}(uint pasid) { lock (objects) { uint key = pasid & 0xFFFFF; return objects.GetValueOrDefault(key); } }")]
    [InlineData("internal dynamic? {|IOASID1010:Find|}(int pasid) => array[pasid];")]
    [InlineData("internal object? {|IOASID1010:Find|}(int slot) => list[slot];")]
    [InlineData("internal static object? {|IOASID1010:Find|}(IntPtr cookie) => GCHandle.FromIntPtr(cookie).Target;")]
    [InlineData("internal static object? {|IOASID1010:Find|}(nint cookie) => ((GCHandle)cookie).Target;")]
    [InlineData("internal T? {|IOASID1010:Find|}<T>(uint pasid) where T : class => (T?)objects[pasid];")]
    [InlineData("internal object? {|IOASID1010:Find|}(Pasid pasid) => objects[pasid.Value];")]
    [InlineData("internal object? {|IOASID1010:this|}[uint pasid] => objects[pasid];")]
    [InlineData("internal object? {|IOASID1010:Find|}(uint pasid) => devices[pasid];")]
    // Keys that are computed from the number.
    [InlineData("internal object? {|IOASID1010:Find|}(uint pasid) { uint key; key = pasid & 0xFFFFF; key -= 1; return objects[key]; }")]
    [InlineData("internal object? {|IOASID1010:Find|}(uint pasid) { Split(pasid, out uint key); return objects[key]; } static void Split(uint from, out uint key) => key = from >> 4;")]
    [InlineData("internal object? {|IOASID1010:Find|}(uint pasid) { (uint key, _) = (pasid >> 4, 1); return objects[key]; }")]
    [InlineData("internal object? {|IOASID1010:Find|}(uint pasid) { System.Func<object?> read = () => objects[pasid]; return read(); }")]
    [InlineData("internal object? {|IOASID1010:Find|}(uint pasid) => pasid switch { > 9 and var key => objects[key], _ => null };")]
    // A base class is reported where it is cast.
    [InlineData("internal Device? Find(uint pasid) => devices[pasid]; Disk? Use() => {|IOASID1010:(Disk?)Find(1)|};")]
    [InlineData("internal Device? Find(uint pasid) => devices[pasid]; Disk? Use() => {|IOASID1010:Find(1) as Disk|};")]
    [InlineData("internal Device? Find(uint pasid) => devices[pasid]; Disk Use() => {|IOASID1010:(Disk)(Find(1)!)|};")]
    [InlineData("internal IDevice? Find(uint pasid) => devices[pasid]; Disk? Use() => {|IOASID1010:(Disk?)Find(1)|};")]
    // Neither a lookup nor visible, marked, or typed.
    [InlineData("object? Find(uint pasid) => objects[pasid];")]
    [InlineData("[UntypedIoAsidLookup] internal object? Find(uint pasid) => objects[pasid];")]
    [InlineData("[UntypedIoAsidLookup] internal Device? Find(uint pasid) => devices[pasid]; Disk? Use() => (Disk?)Find(1);")]
    [InlineData("internal object Find(uint pasid) => pasid;")]
    [InlineData("internal object? Find(uint pasid) => objects[7];")]
    [InlineData("internal object? Find(uint pasid) { pasid = 7; return objects[pasid]; }")]
    [InlineData("internal object? Find(string name) => names[name];")]
    [InlineData("internal object? Find(int index) => list[index];")]
    [InlineData("internal object? Find(int row) => array[row];")]
    [InlineData("internal object? Find(uint pasid) => words[pasid];")]
    [InlineData("internal object? Find(uint pasid) => disks[pasid];")]
    [InlineData("internal Device? Find(uint pasid) => devices[pasid]; Device? Use() => Find(1);")]
    [InlineData("internal Device? Find(uint pasid) => devices[pasid]; object? Use() => (object?)Find(1);")]
    [InlineData("public override string? ToString() => objects[1].ToString();")]
    [InlineData("internal object? Find(uint pasid) { var own = new Dictionary<uint, object>(); return own[pasid]; }")]
    [InlineData("internal T Make<T>(uint pasid) where T : new() { _ = objects[pasid]; return new T(); }")]
    [InlineData("internal bool Has(uint pasid) => objects.ContainsKey(pasid);")]
    public Task Member(string member) => new RuleTest<LooksUntypedAnalyzer>(InTable(member)).RunAsync(Cancellation);

    [Fact]
    public Task Implementations_and_overrides_have_the_mark_of_what_they_implement() => new RuleTest<LooksUntypedAnalyzer>("""
        using System.Collections.Generic;

        public interface ITable { object? Find(uint pasid); }
        public abstract class Table : ITable { public abstract object? Get(uint pasid); public abstract object? Find(uint pasid); }
        public class Real(Dictionary<uint, object> objects) : Table
        {
            public override object? Get(uint pasid) => objects[pasid];
            public override object? Find(uint pasid) => objects[pasid];
        }
        """).RunAsync(Cancellation);

    [Theory]
    [InlineData("internal object? Find(uint pasid) => objects[pasid];")]
    [InlineData("internal Device? Find(uint pasid) => devices[pasid]; Disk? Use() => (Disk?)Find(1);")]
    public Task Named_in_editorconfig(string member) => new RuleTest<LooksUntypedAnalyzer>(InTable(member))
    {
        EditorConfig = "ioasid.untyped_lookup_methods = Drivers.Table.Find",
    }.RunAsync(Cancellation);

    [Theory]
    [InlineData(
        "internal object? {|IOASID1010:Find|}(uint pasid) => objects[pasid];",
        "[UntypedIoAsidLookup]\n    internal object? Find(uint pasid) => objects[pasid];")]
    [InlineData(
        "internal Device? Find(uint pasid) => devices[pasid]; Disk? Use() => {|IOASID1010:(Disk?)Find(1)|};",
        "internal Device? Find(uint pasid) => devices[pasid]; Disk? Use() => {|IOASID1010:(Disk?)Find(1)|};")]
    public Task Fix(string before, string after) => new FixTest<LooksUntypedAnalyzer, UnmarkedLookupCodeFixProvider>(InTable(before), InTable(after)).RunAsync(Cancellation);

    [Theory]
    [InlineData(
        "internal object? Find(uint pasid) => objects[pasid];",
        "'Table.Find' reads 'objects' by a number, and the result is only known as 'object?'; mark 'Table.Find' [UntypedIoAsidLookup], or write 'ioasid.untyped_lookup_methods = Drivers.Table.Find' in .editorconfig")]
    [InlineData(
        "internal Device? Find(uint pasid) => devices[pasid]; Disk? Use() => (Disk?)Find(1);",
        "'Table.Find' reads 'devices' by a number, and the result is cast to 'Disk'; mark 'Table.Find' [UntypedIoAsidLookup], or write 'ioasid.untyped_lookup_methods = Drivers.Table.Find' in .editorconfig")]
    public async Task Message(string member, string message) => Assert.Equal(message, await Messages.OnlyAsync<LooksUntypedAnalyzer>(InTable(member), Cancellation));

    private static string InTable(string member) => $$"""
        namespace Drivers;

        using System.Collections.Generic;
        using System.Runtime.InteropServices;

        interface IDevice;
        class Device : IDevice;
        sealed class Disk : Device;
        readonly record struct Pasid(uint Value);

        class Table
        {
            readonly Dictionary<uint, object> objects = [];
            readonly Dictionary<uint, Device> devices = [];
            readonly Dictionary<uint, Disk> disks = [];
            readonly Dictionary<uint, string> words = [];
            readonly Dictionary<string, object> names = [];
            readonly object[] array = [];
            readonly List<object> list = [];

            {{member}}

            object All => (objects, devices, disks, words, names, array, list);
        }
        """;
}
