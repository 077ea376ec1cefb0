namespace IoAsid.Typed.Analyzers.Tests.Lifetimes;

/// <summary>IOASID2005: bind, free, complete, in this order on every path.</summary>
public sealed class FreeBeforeCompletionTests
{
    [Theory]
    [InlineData("var binding = handle.Bind(); handle.{|IOASID2005:Free|}(); binding.Complete(drain.Of(binding));")]
    [InlineData("var binding = handle.Bind(); Task freed = handle.{|IOASID2005:FreeAsync|}(); binding.Complete(drain.Of(binding)); freed.Wait();")]
    [InlineData("if (flag) return; var binding = handle.Bind(); Unknown(binding); handle.{|IOASID2005:Free|}(); binding.Complete(drain.Of(binding));")]
    [InlineData("var binding = handle.Bind(); if (flag) handle.{|IOASID2005:Free|}(); else handle.Free(); binding.Complete(drain.Of(binding));")]
    [InlineData("var mine = sva.Allocate(); var binding = mine.Bind(); var same = mine; same.{|IOASID2005:Free|}(); binding.Complete(drain.Of(binding));")]
    [InlineData("foreach (int i in Enumerable.Range(0, 3)) { var h = sva.Allocate(); var b = h.Bind(); h.{|IOASID2005:Free|}(); b.Complete(drain.Of(b)); }")]
    [InlineData("var binding = handle.Bind(); try { handle.{|IOASID2005:Free|}(); } finally { binding.Complete(drain.Of(binding)); }")]
    public Task Freed_first(string statements) => LifetimeCode.VerifyStatements(statements);

    [Theory]
    [InlineData("var binding = handle.Bind(); binding.Complete(drain.Of(binding)); handle.Free();")]
    [InlineData("var binding = handle.Bind(); if (flag) handle.Free(); binding.Complete(drain.Of(binding));")]
    [InlineData("var binding = handle.Bind(); other.Free(); binding.Complete(drain.Of(binding));")]
    [InlineData("handle.Free(); var binding = handle.{|IOASID2002:Bind|}(); binding.Complete(drain.Of(binding));")]
    [InlineData("var binding = handle.Bind(); handle = other; handle.Free(); binding.Complete(drain.Of(binding));")]
    [InlineData("var binding = handle.Bind(); Action late = () => binding.Complete(drain.Of(binding)); handle.Free(); late();")]
    [InlineData("IoAsidBinding[] some = [handle.Bind()]; handle.Free(); some[0].Complete(drain.Of(some[0]));")]
    [InlineData("var binding = handle.Bind(); handle.Free(); if (flag) throw error; binding.Complete(drain.Of(binding)); other.Bind().Complete(null!);", "IOASID2005")]
    public Task Otherwise(string statements, string? reported = null) =>
        LifetimeCode.VerifyStatements(reported is null ? statements : statements.Replace("Free", $"{{|{reported}:Free|}}"));
}
