namespace IoAsid.Typed.Hardware;

/// <summary>The exception for exhausted memory, or exhausted addresses that a device can send.</summary>
public sealed class DmaMemoryException : Exception
{
    /// <summary>Creates an exception without a message.</summary>
    public DmaMemoryException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">The problem and the remedy.</param>
    public DmaMemoryException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">The problem and the remedy.</param>
    /// <param name="innerException">The cause, in the terms of the implementation.</param>
    public DmaMemoryException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
