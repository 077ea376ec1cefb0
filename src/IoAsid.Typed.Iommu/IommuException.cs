namespace IoAsid.Typed.Iommu;

/// <summary>An operation of the IOMMU layer was refused or failed. The state is as it was before.</summary>
public sealed class IommuException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="error">Why.</param>
    /// <param name="message">What was wrong and what to do about it.</param>
    /// <param name="cause">What lay behind it.</param>
    public IommuException(IommuError error, string message, Exception? cause = null)
        : base(message, cause) => Error = error;

    /// <summary>Why.</summary>
    public IommuError Error { get; }
}
