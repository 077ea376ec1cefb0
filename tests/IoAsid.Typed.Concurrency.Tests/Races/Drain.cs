namespace IoAsid.Typed.Concurrency.Tests.Races;

/// <summary>A drain that certifies at once, because the tests have no hardware.</summary>
internal sealed class Drain : IoAsidDrain
{
    public static void Complete(IoAsidBinding binding) => binding.Complete(new Drain().Certify(binding));
}
