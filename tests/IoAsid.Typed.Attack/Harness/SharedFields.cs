namespace IoAsid.Typed.Attack.Harness;

/// <summary>
/// Fields of every public struct of several words, written and read by all threads without a lock. The missing lock is intended: a value read here can mix
/// the words of two others.
/// </summary>
internal sealed class SharedFields
{
    public IoAsidHandle<Apple> Apple;
    public IoAsidHandle<Pear> Pear;
    public IoAsidLookup<Apple> Lookup;
    public IoAsidReader<Fruit> Reader;
    public IoAsidEvent Event;
}
