interface ChoiceProps<Option extends string> {
  label: string;
  options: readonly NoInfer<Option>[];
  chosen: Option;
  onChoose(option: Option): void;
}

/** A choice between a few words. */
export function Choice<Option extends string>({ label, options, chosen, onChoose }: ChoiceProps<Option>) {
  return (
    <fieldset className="choice">
      <legend className="unseen">{label}</legend>
      {options.map((option) => (
        <button key={option} type="button" aria-pressed={option === chosen} onClick={() => onChoose(option)}>
          {option}
        </button>
      ))}
    </fieldset>
  );
}
