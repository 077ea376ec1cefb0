#pragma warning disable MA0048 // Types that the compiler needs and that the framework of compiler hosts lacks

namespace System.Runtime.CompilerServices
{
    /// <summary>The marker of <c>init</c> accessors.</summary>
    internal static class IsExternalInit;
}

namespace System
{
    /// <summary>The index of list patterns.</summary>
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int GetOffset(int length) => fromEnd ? length - value : value;
    }
}
