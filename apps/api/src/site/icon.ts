/** A gate in a color that is visible on light and dark tabs. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#4b7bd8" stroke-width="1.6">
<path d="M2.5 14.5V7a5.5 5.5 0 0 1 11 0v7.5M6 14.5V4.2M10 14.5V4.2M2.5 9h11M1 14.5h14"/></svg>
`;
